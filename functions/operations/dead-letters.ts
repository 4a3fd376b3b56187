import { DeleteMessageCommand, type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Clock, liveClock } from './clock.ts';
import type { Deps } from './deployment.ts';
import { type DeadLetter, described, type LetterDeps, makeVisible, receive } from './letter-queue.ts';
import { messagesIn } from './queue-size.ts';
import { note } from './record-change.ts';

type SendBackDeps = LetterDeps & Deps<'queueUrl' | 'history' | 'who'>;

/** The dead letters that can be shown. */
export interface Listed {
  readonly deadLetters: readonly DeadLetter[];
  /**
   * The approximate number of the others. SQS returns no more messages of a group while some of it are in flight. So
   * at most ten of a record can be shown, and none while another receiver has them.
   */
  readonly notShown: number;
}

export interface SentBack {
  readonly sentBack: readonly DeadLetter[];
  /** The number of letters in the queue afterwards: new ones, and those that another receiver has. */
  readonly left: number;
}

/** A listing ends after this many letters, or after this time, in seconds. Received letters stay invisible until then. */
const LISTED = 1_000;
const LISTING_SECONDS = 60;
const LISTED_SECONDS = 120;

/** The limits of a listing and of a run for a caller that waits at most 30 seconds. */
export const pageLimits = { listed: 100, seconds: 15 };

/** A page is invisible for this time, in seconds. Before it ends, the remaining letters are left for another page. */
const PAGE_SECONDS = 60;
const PAGE_ENDS_SECONDS = 45;

/** A run ends after it has received only letters that stay for this time. */
const IDLE_MS = 60_000;

/** The maximum difference between the clocks of this machine and of SQS. With a larger one SQS rejects all requests. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** The count is repeated, because SQS counts deleted messages for a moment. */
const COUNTS = 3;
const COUNT_MS = 1_000;

/** Lists each dead letter once. At the end they are visible again. */
export async function deadLetters(
  deps: LetterDeps,
  clock = liveClock,
  { listed, seconds } = { listed: LISTED, seconds: LISTING_SECONDS },
): Promise<Listed> {
  const end = clock.now() + seconds * 1000;
  const received = new Map<string, Message>();
  try {
    while (clock.now() < end && received.size < listed) {
      const page = await receive(deps, LISTED_SECONDS);
      if (page.length === 0) break;
      for (const message of page) received.set(message.MessageId ?? '', message);
    }
    const total = await messagesIn(deps.sqs, deps.deadLetterQueueUrl);
    const shown = [...received.values()].map(described);
    return { deadLetters: shown, notShown: Math.max(0, total - shown.length) };
  } finally {
    await makeVisible(deps, [...received.values()]);
  }
}

/**
 * Sends the dead letters back to the delivery queue, page by page, the letters of a record in order. A letter is deleted
 * after the delivery queue has it. Letters that arrive during the run stay, also those that were sent back before.
 *
 * @param seconds The run ends after this time. Another run continues.
 */
export async function sendBack(
  deps: SendBackDeps,
  clock = liveClock,
  seconds = Number.POSITIVE_INFINITY,
): Promise<SentBack> {
  const run = new Run(deps, clock, clock.now() + seconds * 1000);
  try {
    while (await run.page());
  } finally {
    await makeVisible(deps, run.staying);
  }
  await note(deps, { what: 'dead-letters', trigger: null, from: null, to: `${run.sent.length} sent back` });
  return { sentBack: run.sent, left: await countLeft(deps, run.staying.length, clock) };
}

class Run {
  readonly sent: DeadLetter[] = [];
  readonly #deps: SendBackDeps;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #end: number;
  /** The IDs of the letters that were sent. Some are not deleted yet. */
  readonly #done = new Set<string>();
  /** The keys of the messages that were sent. A letter with one of these keys became a dead letter again. */
  readonly #made = new Set<string>();
  /** Letters that stay, by ID. They are invisible until the end, because they would be received again without end. */
  readonly #staying = new Map<string, Message>();
  #idleSince: number;

  constructor(deps: SendBackDeps, clock: Clock, end: number) {
    this.#deps = deps;
    this.#clock = clock;
    this.#end = end;
    this.#startedAt = clock.now();
    this.#idleSince = this.#startedAt;
  }

  get staying(): Message[] {
    return [...this.#staying.values()];
  }

  /** Receives a page and sends it back. @returns Whether there can be another page. */
  async page(): Promise<boolean> {
    const end = Math.min(this.#clock.now() + PAGE_ENDS_SECONDS * 1000, this.#end);
    const messages = await receive(this.#deps, PAGE_SECONDS);
    for (const [index, message] of messages.entries()) {
      if (this.#clock.now() > end) {
        // These are received again, with handles that have not expired.
        await makeVisible(this.#deps, messages.slice(index));
        break;
      }
      if (this.#stays(message)) this.#staying.set(message.MessageId ?? '', message);
      else {
        await this.#sendOne(message);
        this.#idleSince = this.#clock.now();
      }
    }
    const now = this.#clock.now();
    return messages.length > 0 && now - this.#idleSince < IDLE_MS && now < this.#end;
  }

  #stays({ MessageId = '', Attributes }: Message): boolean {
    if (this.#done.has(MessageId)) return false;
    const knownBy = [MessageId, Attributes?.MessageDeduplicationId ?? ''];
    // A letter's time is that of its arrival in this queue. Without this check, new letters would keep the run going.
    const isNew = Number(Attributes?.SentTimestamp) > this.#startedAt + CLOCKS_DIFFER_MS;
    return isNew || knownBy.some((name) => this.#made.has(name));
  }

  async #sendOne(message: Message): Promise<void> {
    const { MessageId: id = '', Body, Attributes, ReceiptHandle } = message;
    const { sqs, queueUrl, deadLetterQueueUrl } = this.#deps;
    // A letter that was sent but could not be deleted is only deleted now.
    if (!this.#done.has(id)) {
      const MessageDeduplicationId = `back-${id}`;
      const { MessageId = '' } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageGroupId: Attributes?.MessageGroupId ?? id,
          MessageDeduplicationId,
          MessageBody: Body,
        }),
      );
      this.#made.add(MessageId).add(MessageDeduplicationId);
      this.#done.add(id);
      this.sent.push(described(message));
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle })).catch((error) => {
      if (!isExpired(error)) throw error;
    });
  }
}

/** A receipt handle expires when its message is visible again. The message is then received with a new handle. */
function isExpired({ name = '', message = '' }: { readonly name?: string; readonly message?: string }): boolean {
  return name === 'ReceiptHandleIsInvalid' || /receipt ?handle/i.test(message);
}

async function countLeft({ sqs, deadLetterQueueUrl }: LetterDeps, known: number, clock: Clock): Promise<number> {
  let left = await messagesIn(sqs, deadLetterQueueUrl);
  for (let counts = 1; counts < COUNTS && left > known; counts++) {
    await clock.sleep(COUNT_MS);
    left = Math.min(left, await messagesIn(sqs, deadLetterQueueUrl));
  }
  return Math.max(left, known);
}
