import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Invocation, Network } from './network.ts';

interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly sentAt: number;
  receives: number;
  /** Out of sight until then, epoch milliseconds. */
  hiddenUntil: number;
  /** Of the latest receive; an older one does nothing. */
  receipt: string;
}

const DEDUPLICATION_MS = 5 * 60_000;
const VISIBILITY_MS = 360_000;

/**
 * A high-throughput FIFO queue by AWS's published rules: a group is locked while one of its messages is out of sight;
 * a receive takes as many of a group as it can, then of others; what is sent again within five minutes is one message.
 */
export class FifoQueue {
  readonly messages: Message[] = [];
  readonly deadLetters: string[] = [];
  readonly #sent = new Map<string, number>();
  readonly #network: Network;
  readonly #waiting: (() => void)[] = [];
  #made = 0;

  constructor(network: Network) {
    this.#network = network;
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

  send({ MessageGroupId: group = '', MessageDeduplicationId: id = '', MessageBody: body = '' }: Entry): void {
    const key = `${group} ${id}`;
    if (this.#now - (this.#sent.get(key) ?? Number.NEGATIVE_INFINITY) < DEDUPLICATION_MS) return;
    this.#sent.set(key, this.#now);
    this.#change();
    this.messages.push({
      id: `m${++this.#made}`,
      body,
      group,
      sentAt: this.#now,
      receives: 0,
      hiddenUntil: 0,
      receipt: '',
    });
  }

  /** Up to ten messages that nobody else has, as Lambda hands them to a function. */
  receive(): SQSRecord[] {
    const locked = new Set(this.messages.filter((m) => m.hiddenUntil > this.#now).map(({ group }) => group));
    const free = this.messages.filter(({ group }) => !locked.has(group));
    const groups = [...Map.groupBy(free, ({ group }) => group).values()];
    return groups
      .flat()
      .slice(0, 10)
      .map((message) => this.#hand(message));
  }

  #hand(message: Message): SQSRecord {
    message.receives++;
    message.hiddenUntil = this.#now + VISIBILITY_MS;
    message.receipt = `${message.id}-${message.receives}`;
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receives),
        MessageGroupId: message.group,
      } as SQSRecord['attributes'],
    } as SQSRecord;
  }

  delete(receipt: string): void {
    const index = this.messages.findIndex((m) => m.receipt === receipt);
    if (index !== -1) this.messages.splice(index, 1);
    this.#change();
  }

  /** The client that a function of this invocation has. */
  client(from: Invocation): SQSClient {
    const send = (command: unknown) => this.#network.request(from, () => this.#answer(command));
    return { send } as unknown as SQSClient;
  }

  #answer(command: unknown): object {
    if (command instanceof SendMessageBatchCommand) {
      const entries = command.input.Entries ?? [];
      const half = this.#network.chance.happens(this.#network.faults.halfAccepted);
      const refused = entries.filter(() => half && this.#network.chance.happens(0.5));
      const taken = entries.filter((entry) => !refused.includes(entry));
      for (const entry of taken) this.send(entry);
      return {
        Successful: taken.map(({ Id }) => ({ Id })),
        Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError' })),
      };
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      for (const { ReceiptHandle, VisibilityTimeout = 0 } of command.input.Entries ?? []) {
        const message = this.messages.find((m) => m.receipt === ReceiptHandle);
        if (message) message.hiddenUntil = this.#now + VisibilityTimeout * 1000;
      }
      this.#change();
      return {};
    }
    if (command instanceof SendMessageCommand) this.deadLetters.push(command.input.MessageBody ?? '');
    return {};
  }
}

type Entry = Pick<
  NonNullable<SendMessageBatchCommandInput['Entries']>[number],
  'MessageGroupId' | 'MessageDeduplicationId' | 'MessageBody'
>;
