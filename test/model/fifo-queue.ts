import type { SQSRecord } from 'aws-lambda';
import { VISIBILITY_MS } from '../../functions/core/deliver-times.ts';
import type { Network } from './network.ts';
import { type Entry, LONGEST_VISIBILITY_SECONDS, type Message, systemAttributes } from './sqs-responses.ts';

const DEDUPLICATION_MS = 5 * 60_000;

/** As in infra/queue.ts. */
const MAX_RECEIVES = 1_000;

const RETENTION_MS = 14 * 24 * 3600_000;

interface QueueOptions {
  readonly deadLetters?: FifoQueue;
  /** Makes the IDs unique. */
  readonly name?: string;
  readonly onSent?: (body: string) => void;
}

/**
 * A high-throughput FIFO queue by AWS's published rules. A group is locked while one of its messages is in flight. A receive
 * takes as many messages of a group as possible, then messages of others. A message that is sent again within five minutes is
 * dropped. A message that was received too often goes to the dead-letter queue when it would be received once more; a receipt
 * handle is of use only while its message is out of sight for that receive.
 */
export class FifoQueue {
  readonly messages: Message[] = [];
  readonly deadLetters: FifoQueue | undefined;
  /** The messages that were older than the retention of the queue. */
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

  /** Waits until a receive can return messages. */
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

  /** Receives up to ten messages in the form of a Lambda event. */
  receive(most = 10, visibilityMs = VISIBILITY_MS): SQSRecord[] {
    return this.take(most, visibilityMs).map((message) => ({
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

  /** Takes up to `most` messages that no other receiver has. */
  take(most: number, visibilityMs: number): Message[] {
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

  /** In a FIFO queue, the age of a message starts again when it moves to the dead-letter queue. */
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

  /** Returns the message of a receipt handle while it is in flight. */
  #inFlight(receipt: string | undefined): Message | undefined {
    return this.messages.find((m) => m.receipt === receipt && m.hiddenUntil > this.#now);
  }

  /** @returns Whether the message existed. */
  delete(receipt: string | undefined): boolean {
    const message = this.#inFlight(receipt);
    if (message) this.messages.splice(this.messages.indexOf(message), 1);
    this.#change();
    return message !== undefined;
  }

  /** Sets for how long a message in flight stays invisible. @returns Whether it is in flight. */
  hide(receipt: string | undefined, seconds: number): boolean {
    const message = this.#inFlight(receipt);
    if (message && this.#now + seconds * 1000 > message.receivedAt + LONGEST_VISIBILITY_SECONDS * 1000) return false;
    if (message) message.hiddenUntil = this.#now + seconds * 1000;
    this.#change();
    return message !== undefined;
  }
}
