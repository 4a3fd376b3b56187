import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Environment, Network } from './network.ts';

interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>> | undefined;
  readonly sentAt: number;
  firstReceive: number | undefined;
  receives: number;
  receivedAt: number;
  /** Out of sight until then, epoch milliseconds. */
  hiddenUntil: number;
  /** Of the latest receive; an older one does nothing. */
  receipt: string;
}

const DEDUPLICATION_MS = 5 * 60_000;
/** As infra/queue.ts deploys them. */
export const VISIBILITY_MS = 360_000;
const MAX_RECEIVES = 1_000;
const RETENTION_MS = 14 * 24 * 3600_000;
/** Counted from the receive. */
const LONGEST_VISIBILITY_SECONDS = 12 * 3600;

interface QueueOptions {
  readonly deadLetters?: FifoQueue;
  /** Makes ids its own. */
  readonly name?: string;
  readonly onSent?: (body: string) => void;
}

/**
 * A high-throughput FIFO queue by AWS's published rules: a group is locked while one of its messages is out of sight;
 * a receive takes as many of a group as it can, then of others; what is sent again within five minutes is one message; what
 * was received too often goes to the dead-letter queue when it would be received once more; a receipt handle is of use only
 * while its message is out of sight for that receive.
 */
export class FifoQueue {
  readonly messages: Message[] = [];
  readonly deadLetters: FifoQueue | undefined;
  /** What was older than the queue keeps it. */
  readonly expired: Message[] = [];
  readonly #name: string;
  readonly #sent = new Map<string, { readonly at: number; readonly id: string }>();
  readonly #network: Network;
  readonly #onSent: (body: string) => void;
  readonly #waiting: (() => void)[] = [];
  #made = 0;

  constructor(network: Network, { deadLetters, name = 'm', onSent = () => {} }: QueueOptions = {}) {
    this.#network = network;
    this.deadLetters = deadLetters;
    this.#name = name;
    this.#onSent = onSent;
  }

  /** Waits until a receive may find something. */
  async changed(): Promise<void> {
    const hidden = this.messages.map(({ hiddenUntil }) => hiddenUntil).filter((until) => until > this.#now);
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (hidden.length > 0) void this.#network.clock.sleep(Math.min(...hidden) - this.#now).then(() => resolve());
    });
  }

  #change(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  get #now(): number {
    return this.#network.clock.now();
  }

  /** @returns The message's id; of a repeat, that of the first. */
  send(entry: Entry): string {
    const { MessageGroupId: group = '', MessageDeduplicationId: deduplication = '', MessageBody: body = '' } = entry;
    const key = `${group} ${deduplication}`;
    const before = this.#sent.get(key);
    if (before && this.#now - before.at < DEDUPLICATION_MS) return before.id;
    const id = `${this.#name}${++this.#made}`;
    this.#sent.set(key, { at: this.#now, id });
    this.#onSent(body);
    this.#add({ id, body, group, deduplication, attributes: entry.MessageAttributes });
    return id;
  }

  #add(message: Pick<Message, 'id' | 'body' | 'group' | 'deduplication' | 'attributes'>): void {
    this.messages.push({
      ...message,
      sentAt: this.#now,
      firstReceive: undefined,
      receives: 0,
      receivedAt: 0,
      hiddenUntil: 0,
      receipt: '',
    });
    this.#change();
  }

  /** Up to ten messages that nobody else has, as Lambda hands them to a function. */
  receive(most = 10, visibilityMs = VISIBILITY_MS): SQSRecord[] {
    return this.#take(most, visibilityMs).map((message) => ({
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: systemAttributes(message),
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:queue.fifo',
      awsRegion: 'eu-west-1',
    }));
  }

  #take(most: number, visibilityMs: number): Message[] {
    this.#expire();
    const locked = new Set<string>();
    for (const { hiddenUntil, group } of this.messages) if (hiddenUntil > this.#now) locked.add(group);
    const free = this.messages.filter(({ group }) => !locked.has(group));
    const taken: Message[] = [];
    for (const message of [...Map.groupBy(free, ({ group }) => group).values()].flat()) {
      if (taken.length >= most) break;
      if (this.deadLetters && message.receives >= MAX_RECEIVES) this.#sendToDeadLetters(message, this.deadLetters);
      else taken.push(this.#hand(message, visibilityMs));
    }
    return taken;
  }

  /** Of a FIFO queue, a message's age begins anew where it is moved to. */
  #sendToDeadLetters(message: Message, deadLetters: FifoQueue): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    deadLetters.#add(message);
  }

  #expire(): void {
    const oldest = this.#now - RETENTION_MS;
    if (!this.messages.some(({ sentAt }) => sentAt <= oldest)) return;
    for (const message of this.messages.filter(({ sentAt }) => sentAt <= oldest)) {
      this.messages.splice(this.messages.indexOf(message), 1);
      this.expired.push(message);
    }
  }

  #hand(message: Message, visibilityMs: number): Message {
    message.receives++;
    message.firstReceive ??= this.#now;
    message.receivedAt = this.#now;
    message.hiddenUntil = this.#now + visibilityMs;
    message.receipt = `${message.id}-${message.receives}`;
    return message;
  }

  /** The message that a receipt handle is of, while it is out of sight. */
  #inFlight(receipt: string | undefined): Message | undefined {
    return this.messages.find((m) => m.receipt === receipt && m.hiddenUntil > this.#now);
  }

  /** @returns Whether there was something to delete. */
  delete(receipt: string | undefined): boolean {
    const message = this.#inFlight(receipt);
    if (message) this.messages.splice(this.messages.indexOf(message), 1);
    this.#change();
    return message !== undefined;
  }

  #hide(receipt: string | undefined, seconds: number): boolean {
    const message = this.#inFlight(receipt);
    if (message && this.#now + seconds * 1000 > message.receivedAt + LONGEST_VISIBILITY_SECONDS * 1000) return false;
    if (message) message.hiddenUntil = this.#now + seconds * 1000;
    this.#change();
    return message !== undefined;
  }

  /** The client that a function of this environment has. What names the dead-letter queue's URL goes there. */
  client(from: Environment): SQSClient {
    const send = (command: { readonly input: { readonly QueueUrl?: string } }) => {
      const isDead = command.input.QueueUrl === DEAD_LETTER_URL && this.deadLetters;
      return this.#network.request(from, () => (isDead || this).#response(command), { resends: true });
    };
    return { send } as unknown as SQSClient;
  }

  #response(command: unknown): object {
    if (command instanceof SendMessageBatchCommand) {
      const { chance, faults } = this.#network;
      const entries = command.input.Entries ?? [];
      rejectBatch(entries);
      const half = chance.happens(faults.halfAccepted);
      const rejected = entries.filter(() => half && chance.happens(0.5));
      const taken = entries.filter((entry) => !rejected.includes(entry));
      return {
        Successful: taken.map((entry) => ({ Id: entry.Id, MessageId: this.send(entry) })),
        Failed: rejected.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      };
    }
    if (command instanceof SendMessageCommand) return { MessageId: this.send(command.input) };
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const entries = command.input.Entries ?? [];
      rejectBatch(entries);
      return each(entries, ({ ReceiptHandle, VisibilityTimeout = 0 }) => {
        rejectVisibility(VisibilityTimeout);
        return this.#hide(ReceiptHandle, VisibilityTimeout);
      });
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      const { ReceiptHandle, VisibilityTimeout = 0 } = command.input;
      rejectVisibility(VisibilityTimeout);
      return orExpired(this.#hide(ReceiptHandle, VisibilityTimeout));
    }
    if (command instanceof DeleteMessageBatchCommand) {
      const entries = command.input.Entries ?? [];
      rejectBatch(entries);
      return each(entries, ({ ReceiptHandle }) => this.delete(ReceiptHandle));
    }
    if (command instanceof DeleteMessageCommand) return orExpired(this.delete(command.input.ReceiptHandle));
    if (command instanceof ReceiveMessageCommand) {
      const { MaxNumberOfMessages = 1, VisibilityTimeout = VISIBILITY_MS / 1000 } = command.input;
      const taken = this.#take(MaxNumberOfMessages, VisibilityTimeout * 1000);
      if (taken.length === 0) return {};
      return { Messages: taken.map((message) => asReceived(message, command.input)) };
    }
    if (command instanceof GetQueueAttributesCommand) {
      const hidden = this.messages.filter(({ hiddenUntil }) => hiddenUntil > this.#now).length;
      const counts = {
        ApproximateNumberOfMessages: String(this.messages.length - hidden),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        ApproximateNumberOfMessagesDelayed: '0',
      };
      return { Attributes: counts };
    }
    throw new Error(`FifoQueue does not know ${(command as object).constructor.name}.`);
  }
}

/** As the model's functions name the queues. */
export const QUEUE_URL = 'queue';
export const DEAD_LETTER_URL = 'dead';

type Entry = Pick<
  SendMessageCommandInput,
  'MessageGroupId' | 'MessageDeduplicationId' | 'MessageBody' | 'MessageAttributes'
>;

function systemAttributes(message: Message): SQSRecord['attributes'] {
  return {
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceive),
    SentTimestamp: String(message.sentAt),
    SenderId: 'sender',
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplication,
  };
}

/** With the attributes that were asked for, and no others. */
function asReceived(message: Message, input: ReceiveMessageCommand['input']): object {
  const asked = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
  const known = Object.entries(systemAttributes(message));
  const wanted = known.filter(([name]) => (asked as readonly string[]).some((one) => one === name || one === 'All'));
  const own = Object.entries(message.attributes ?? {});
  const names = input.MessageAttributeNames ?? [];
  const ownWanted = own.filter(([name]) => names.some((one) => one === name || one === 'All'));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    ...(wanted.length > 0 && { Attributes: Object.fromEntries(wanted) }),
    ...(ownWanted.length > 0 && { MessageAttributes: Object.fromEntries(ownWanted) }),
  };
}

function each<One extends { readonly Id: string | undefined }>(entries: readonly One[], act: (one: One) => boolean) {
  const done = entries.map((entry) => [entry.Id, act(entry)] as const);
  const expired = { Code: 'ReceiptHandleIsInvalid', SenderFault: true };
  return {
    Successful: done.filter(([, well]) => well).map(([Id]) => ({ Id })),
    Failed: done.filter(([, well]) => !well).map(([Id]) => ({ Id, ...expired })),
  };
}

function orExpired(well: boolean): object {
  if (!well) reject('InvalidParameterValue', 'The receipt handle has expired.');
  return {};
}

function rejectBatch(entries: readonly { readonly Id: string | undefined }[]): void {
  if (entries.length === 0) reject('EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > 10) reject('TooManyEntriesInBatchRequest', `${entries.length} entries are more than 10.`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    reject('BatchEntryIdsNotDistinct', 'Two entries of a batch have the same Id.');
}

function rejectVisibility(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_VISIBILITY_SECONDS)
    reject('InvalidParameterValue', `A visibility timeout of ${seconds} s is none from 0 to 43200.`);
}

function reject(name: string, message: string): never {
  throw new SQSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}
