import { setTimeout } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Notification, toMessage } from '../core/notification.ts';
import { inBatches, inWaves } from '../core/waves.ts';
import { log } from './log.ts';

/** What SQS takes in one request. */
const BATCH = 10;

/** Pauses between the tries for what the queue refused of a batch, milliseconds. */
const PAUSES = [100, 400, 1600];

/** A message for the dead-letter queue, with what the operator needs to know. */
export interface DeadLetter {
  /** Deduplicates repeats. */
  readonly id: string;
  /** Messages of one group keep their order. */
  readonly group: string;
  /** ASCII. */
  readonly body: string;
  /** One line: why nobody could deliver this. */
  readonly reason: string;
}

/** The queue goes on refusing what is sent. */
class QueueRefuses extends Error {
  override readonly name = 'QueueRefuses';
  readonly code: string;

  constructor(notifications: number, codes: string) {
    super(`The queue refuses ${notifications} notifications: ${codes}`);
    this.code = codes;
  }
}

/** The delivery queue and its dead-letter queue. */
export class DeliveryQueue {
  readonly #sqs: SQSClient;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;
  readonly #url: string;
  readonly #deadLetterUrl: string | undefined;

  /** @param urls The dead-letter queue's is needed by those that use it. */
  constructor(
    urls: { readonly queue: string; readonly deadLetterQueue?: string },
    // The endpoint is the one that the environment names, also where a queue's URL names another host (emulators).
    sqs = new SQSClient({ useQueueUrlAsEndpoint: false, cacheMiddleware: true }),
    sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
  ) {
    this.#sqs = sqs;
    this.#sleep = sleep;
    this.#url = urls.queue;
    this.#deadLetterUrl = urls.deadLetterQueue;
  }

  /**
   * Sends notifications so that those of one record arrive in the order given: it waits until the queue has taken all of
   * a wave before it sends the next.
   *
   * @throws {Error} When the queue goes on refusing some; all before them are in the queue.
   */
  async send(notifications: readonly Notification[]): Promise<void> {
    for (const wave of inWaves(notifications, ({ record }) => record))
      await Promise.all(inBatches(wave.map(queueEntry), BATCH).map((batch) => this.#sendBatch(batch)));
  }

  async #sendBatch(entries: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[]): Promise<void> {
    let left = entries.map((entry, index) => ({ ...entry, Id: String(index) }));
    for (const pause of [...PAUSES, undefined]) {
      const { Failed = [] } = await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl: this.#url, Entries: left }));
      if (Failed.length === 0) return;
      const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
      if (pause === undefined) throw new QueueRefuses(Failed.length, codes);
      log('warn', 'queue refused part of a batch', { refused: Failed.length, codes });
      const failed = new Set(Failed.map(({ Id }) => Id));
      left = left.filter(({ Id }) => failed.has(Id));
      await this.#sleep(pause);
    }
  }

  /** Keeps what nobody can deliver where the operator can read it. @throws When the queue does not take it. */
  async bury({ id, group, body, reason }: DeadLetter): Promise<void> {
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

  /** Sets for how many seconds each of these received messages (at most ten) stays out of sight. */
  async handBack(messages: readonly { readonly receiptHandle: string; readonly seconds: number }[]): Promise<void> {
    const { Failed = [] } = await this.#sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.#url,
        Entries: messages.map(({ receiptHandle, seconds }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    // They come back all the same, when the queue's own visibility timeout ends.
    if (Failed.length > 0) log('warn', 'messages come back later than they should', { messages: Failed.length });
  }
}

function queueEntry(notification: Notification) {
  return {
    MessageGroupId: notification.record,
    // What is sent again by hand must not pass for the repeat of what failed a minute ago.
    MessageDeduplicationId: [notification.id, notification.redelivered].filter(Boolean).join('-'),
    MessageBody: toMessage(notification),
  };
}
