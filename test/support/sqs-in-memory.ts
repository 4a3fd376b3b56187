import { createHash } from 'node:crypto';
import { type SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly attributes: Record<string, { readonly StringValue?: string }>;
  readonly sentAt: number;
  /** Invisible until then, epoch milliseconds. */
  hiddenUntil: number;
  /** The latest handle; earlier ones of a FIFO queue have expired. */
  handle: string;
}

/** The limits of one request to SQS. */
const BATCH = 10;
const DEDUPLICATED_MS = 5 * 60_000;

// biome-ignore lint/suspicious/noExplicitAny: the inputs of five commands
type Input = any;

/**
 * FIFO queues by AWS's rules, with their own clock. While a message of a group is invisible, no other message of the group can
 * be received. A handle expires when its message becomes visible again; a delete with it then fails. A repeated deduplication
 * ID within five minutes is accepted and adds no message.
 */
export class SqsInMemory {
  /** Epoch milliseconds; tests move it. */
  time = 1_760_000_000_000;
  /** Called before each request takes effect. */
  before: (name: string, input: Input) => void = () => {};
  readonly requests: { readonly name: string; readonly input: Input }[] = [];
  readonly #queues = new Map<string, Stored[]>();
  readonly #accepted = new Map<string, { readonly id: string; readonly at: number }>();
  #made = 0;

  readonly clock = {
    now: () => this.time,
    sleep: async (milliseconds: number) => {
      this.time += milliseconds;
    },
  };

  client(): SQSClient {
    return { send: async (command: { input: Input; constructor: { name: string } }) => this.#handle(command) } as never;
  }

  messages(url: string): readonly Stored[] {
    return this.#queue(url);
  }

  /** Adds a message, as a sender or the redrive of another queue does. @returns Its ID. */
  add(url: string, group: string, body: string, more: Partial<Pick<Stored, 'id' | 'deduplicationId'>> = {}): string {
    const { id = this.#id('message'), deduplicationId = this.#id('deduplication') } = more;
    const times = { sentAt: this.time, hiddenUntil: 0, handle: '' };
    this.#queue(url).push({ id, body, group, deduplicationId, attributes: {}, ...times });
    return id;
  }

  #handle({ input, constructor: { name: command } }: { input: Input; constructor: { name: string } }): object {
    const name = command.replace(/Command$/, '');
    this.requests.push({ name, input });
    this.before(name, input);
    if (name === 'SendMessage') return this.#send(input);
    if (name === 'ReceiveMessage') return this.#receive(input);
    if (name === 'DeleteMessage') return this.#delete(input);
    if (name === 'ChangeMessageVisibilityBatch') return this.#change(input);
    if (name === 'GetQueueAttributes') return this.#attributes(input);
    throw new Error(`${name} is not known here`);
  }

  #send({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }: Input): object {
    const key = `${QueueUrl} ${MessageGroupId} ${MessageDeduplicationId}`;
    const accepted = this.#accepted.get(key);
    if (accepted && this.time - accepted.at < DEDUPLICATED_MS) return { MessageId: accepted.id };
    const id = this.add(QueueUrl, MessageGroupId, MessageBody, { deduplicationId: MessageDeduplicationId });
    this.#accepted.set(key, { id, at: this.time });
    return { MessageId: id };
  }

  #receive({ QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds = 0 }: Input): object {
    const locked = new Set(this.#queue(QueueUrl).flatMap((m) => (m.hiddenUntil > this.time ? [m.group] : [])));
    const free = this.#queue(QueueUrl).filter(({ group }) => !locked.has(group));
    const received = free.slice(0, Math.min(MaxNumberOfMessages, BATCH));
    if (received.length === 0) this.time += WaitTimeSeconds * 1000;
    for (const message of received)
      Object.assign(message, { hiddenUntil: this.time + VisibilityTimeout * 1000, handle: this.#id('handle') });
    return received.length === 0 ? {} : { Messages: received.map(asReceived) };
  }

  #delete({ QueueUrl, ReceiptHandle }: Input): object {
    const queue = this.#queue(QueueUrl);
    const index = queue.findIndex((message) => this.#isInvisible(message, ReceiptHandle));
    if (index < 0)
      throw new SQSServiceException({
        name: 'InvalidParameterValue',
        message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
    queue.splice(index, 1);
    return {};
  }

  #change({ QueueUrl, Entries }: Input): object {
    if (Entries.length < 1 || Entries.length > BATCH) throw new Error('a batch has one to ten entries');
    const Failed: object[] = [];
    for (const { Id, ReceiptHandle, VisibilityTimeout } of Entries) {
      const message = this.#queue(QueueUrl).find((one) => this.#isInvisible(one, ReceiptHandle));
      if (message) message.hiddenUntil = this.time + VisibilityTimeout * 1000;
      else Failed.push({ Id, Code: 'ReceiptHandleIsInvalid', SenderFault: true });
    }
    return { Failed };
  }

  #attributes({ QueueUrl }: Input): object {
    const all = this.#queue(QueueUrl);
    const hidden = all.filter(({ hiddenUntil }) => hiddenUntil > this.time).length;
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(all.length - hidden),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        ApproximateNumberOfMessagesDelayed: '0',
      },
    };
  }

  #isInvisible({ handle, hiddenUntil }: Stored, given: string): boolean {
    return handle !== '' && handle === given && hiddenUntil > this.time;
  }

  #queue(url: string): Stored[] {
    const queue = this.#queues.get(url) ?? [];
    this.#queues.set(url, queue);
    return queue;
  }

  #id(kind: string): string {
    return createHash('sha256')
      .update(`${kind} ${this.#made++}`)
      .digest('hex')
      .slice(0, 16);
  }
}

function asReceived({ id, body, group, deduplicationId, attributes, sentAt, handle }: Stored) {
  return {
    MessageId: id,
    Body: body,
    ReceiptHandle: handle,
    MessageAttributes: attributes,
    Attributes: { MessageGroupId: group, MessageDeduplicationId: deduplicationId, SentTimestamp: String(sentAt) },
  };
}
