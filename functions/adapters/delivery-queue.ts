import { setTimeout } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { allEnded } from '../core/all-ended.ts';
import { type Notification, toMessage } from '../core/notification.ts';
import { inBatches, inWaves } from '../core/waves.ts';
import { log } from './logger.ts';

/** The limits of one request to SQS. */
const BATCH = 10;

/** The maximum visibility timeout of a message, in seconds. */
const LONGEST_SECONDS = 12 * 60 * 60;

/** The pauses before rejected entries of a batch are sent again, in milliseconds. Jitter shortens each by up to a half. */
const PAUSES = [100, 400, 1600];

/** A message for the dead-letter queue, with information for the operator. */
export interface DeadLetter {
  /** Deduplicates repeats. */
  readonly id: string;
  /** Messages of one group keep their order. */
  readonly group: string;
  /** ASCII. */
  readonly body: string;
  /** One line: why it could not be processed. */
  readonly reason: string;
}

/** A notification as SendMessageBatch takes it. */
type Entry = ReturnType<typeof queueEntry>;

/** The entries of a batch that the queue did not accept. */
interface NotTaken {
  readonly entries: readonly Entry[];
  readonly error: unknown;
}

/** A received message, and for how many seconds it stays invisible. */
interface Returned {
  readonly receiptHandle: string;
  readonly seconds: number;
}

/** The queue rejected messages repeatedly. */
class QueueRejects extends Error {
  override readonly name = 'QueueRejects';
  readonly code: string;

  constructor(notifications: number, codes: string) {
    super(`The queue rejects ${notifications} notifications: ${codes}`);
    this.code = codes;
  }
}

/** The delivery queue and its dead-letter queue. */
export class DeliveryQueue {
  readonly #sqs: SQSClient;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;
  readonly #random: () => number;
  readonly #url: string;
  readonly #deadLetterUrl: string | undefined;

  /** @param urls The URL of the dead-letter queue is needed only to send messages to it. */
  constructor(
    urls: { readonly queue: string; readonly deadLetterQueue?: string },
    // Requests go to the endpoint of the environment, because the queue's URL of an emulator can name another host.
    sqs = new SQSClient({ useQueueUrlAsEndpoint: false, cacheMiddleware: true }),
    sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
    random: () => number = Math.random,
  ) {
    this.#sqs = sqs;
    this.#sleep = sleep;
    this.#random = random;
    this.#url = urls.queue;
    this.#deadLetterUrl = urls.deadLetterQueue;
  }

  /**
   * Sends notifications. Those of one record arrive in the given order: it sends a wave after the queue has accepted
   * the wave before. A rejected notification delays only the later ones of its record.
   *
   * @throws The first failure, when everything else has been sent and no request is in flight.
   */
  async send(notifications: readonly Notification[]): Promise<void> {
    const stopped = new Set<string>();
    const failures: NotTaken[] = [];
    for (const wave of inWaves(notifications, ({ record }) => record)) {
      const entries = wave.filter(({ record }) => !stopped.has(record)).map(queueEntry);
      const results = await allEnded(inBatches(entries, BATCH).map((batch) => this.#sendBatch(batch)));
      const failed = results.filter((result) => result !== undefined);
      for (const { MessageGroupId } of failed.flatMap(({ entries }) => entries)) stopped.add(MessageGroupId);
      failures.push(...failed);
    }
    if (failures[0]) throw failures[0].error;
  }

  /** @returns The entries that the queue did not accept. */
  async #sendBatch(entries: readonly Entry[]): Promise<NotTaken | undefined> {
    let left = entries;
    try {
      for (const pause of [...PAUSES, undefined]) {
        const { rejected, codes } = await this.#try(left);
        if (rejected.length === 0) return undefined;
        left = rejected;
        if (pause === undefined) throw new QueueRejects(rejected.length, codes);
        log('warn', 'queue rejected part of a batch', { rejected: rejected.length, codes });
        await this.#sleep(pause * (1 - this.#random() / 2));
      }
    } catch (error) {
      return { entries: left, error };
    }
  }

  /** Sends a batch once. An entry counts as rejected unless the response says that it was accepted. */
  async #try(entries: readonly Entry[]): Promise<{ rejected: Entry[]; codes: string }> {
    const Entries = entries.map((entry, index) => ({ ...entry, Id: String(index) }));
    const response = await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    const taken = new Set(response.Successful?.map(({ Id }) => Id));
    const codes = new Map(response.Failed?.map(({ Id, Code }) => [Id, Code]));
    const rejected = Entries.filter(({ Id }) => codes.has(Id) || !taken.has(Id));
    return {
      rejected: rejected.map(({ Id: _, ...entry }) => entry),
      codes: [...new Set(rejected.map(({ Id }) => codes.get(Id) ?? 'NoResult'))].join(', '),
    };
  }

  /**
   * Sends a message that cannot be processed to the dead-letter queue.
   *
   * @throws If the queue does not accept it.
   */
  async sendToDeadLetters({ id, group, body, reason }: DeadLetter): Promise<void> {
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#deadLetterUrl,
        MessageGroupId: group,
        MessageDeduplicationId: id,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    );
  }

  /** Sets for how many seconds each of these received messages stays invisible. @throws When the queue does not respond. */
  async returnToQueue(messages: readonly Returned[]): Promise<void> {
    const longest = new Map<string, number>();
    for (const { receiptHandle, seconds } of messages)
      longest.set(receiptHandle, Math.max(seconds, longest.get(receiptHandle) ?? 0));
    const failed = await allEnded(inBatches([...longest], BATCH).map((batch) => this.#setVisibility(batch)));
    const count = failed.reduce((sum, number) => sum + number, 0);
    // They return in any case after the visibility timeout of the queue.
    if (count > 0) log('warn', 'messages return later than they should', { messages: count });
  }

  /** @returns The number of entries that the queue rejected. */
  async #setVisibility(batch: readonly (readonly [receiptHandle: string, seconds: number])[]): Promise<number> {
    const { Failed = [] } = await this.#sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.#url,
        Entries: batch.map(([ReceiptHandle, seconds], index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: Math.min(LONGEST_SECONDS, Math.ceil(seconds)),
        })),
      }),
    );
    return Failed.length;
  }
}

function queueEntry(notification: Notification) {
  return {
    MessageGroupId: notification.record,
    // A redelivered notification must not count as a duplicate of the one that failed.
    MessageDeduplicationId: [notification.id, notification.redelivered].filter(Boolean).join('-'),
    MessageBody: toMessage(notification),
  };
}
