// table row → change → [notification → attempt → outcome]
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { joinFormattedString } from '../core/destination.ts';
import type { Trigger } from '../core/entity.ts';
import { fromMessage, type Notification } from '../core/notification.ts';
import { type Answer, outcomeOf } from '../core/outcome.ts';
import { holdSeconds } from '../core/schedule.ts';
import type { TestResult } from '../edge/backlog.ts';
import type { Call } from '../edge/http.ts';
import { errorFields, log } from '../edge/log.ts';
import type { DeadLetter } from '../edge/queue.ts';
import type { TypedTriggers } from '../edge/triggers.ts';
import { requestHeaders } from './request-headers.ts';

/** What deliver touches of the world. Times are epoch milliseconds. */
export interface DeliverParts {
  /** What is typed for these triggers at this moment. */
  typed(triggers: readonly Trigger[]): Promise<TypedTriggers>;
  call: Call;
  /** Attempts so far by notification id, for those that have had any. */
  attempts(notifications: readonly Notification[]): Promise<ReadonlyMap<string, number>>;
  hold(
    notification: Notification,
    held: { attempts: number; answer: string; at: number; nextTry: number },
  ): Promise<void>;
  release(notification: Notification): Promise<void>;
  bury(letter: DeadLetter): Promise<void>;
  handBack(messages: readonly { receiptHandle: string; seconds: number }[]): Promise<void>;
  putTestResult(notification: Notification, result: TestResult, at: number): Promise<void>;
  /** Seconds, one after each failed attempt. */
  readonly holds: readonly number[];
  /** The longest that one attempt takes. */
  readonly attemptMs: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
}

/** Kept back from the function's time, for handing back what was not attempted. */
const RESERVE_MS = 5_000;

/** How long messages wait when it is we who cannot go on: a table or a queue does not answer. */
const OWN_FAULT_SECONDS = 5;

/** What is only out of time comes back as soon as can be; see `handBack` for why not in no time at all. */
const AT_ONCE_SECONDS = 1;

/** A message to be received again, and for how many seconds it stays out of sight until then. */
interface HandedBack {
  readonly message: SQSRecord;
  readonly seconds: number;
}

/**
 * Attempts the notifications of a batch: those of one record one after another, records side by side. A record's first
 * notification that must wait takes all behind it back to the queue.
 *
 * It never throws, since Lambda would then poll less for everybody; it names the messages that the queue has to keep.
 *
 * @param remainingMs How long the function may still run, milliseconds.
 */
export async function deliver(
  messages: readonly SQSRecord[],
  parts: DeliverParts,
  remainingMs: () => number,
): Promise<SQSBatchResponse> {
  const back = await attemptAll(messages, parts, remainingMs);
  if (back.length > 0)
    await parts
      .handBack(back.map(({ message, seconds }) => ({ receiptHandle: message.receiptHandle, seconds })))
      .catch((error) => log('error', 'messages come back later than they should', errorFields(error)));
  log('info', 'delivered', { messages: messages.length, handedBack: back.length });
  return { batchItemFailures: back.map(({ message }) => ({ itemIdentifier: message.messageId })) };
}

async function attemptAll(messages: readonly SQSRecord[], parts: DeliverParts, remainingMs: () => number) {
  const lanes = Map.groupBy(messages, (message) => message.attributes.MessageGroupId ?? '');
  const lane = await prepareLane(messages, parts, remainingMs).catch((error) => {
    log('error', 'cannot read what is needed to deliver', errorFields(error));
  });
  const waits = [...lanes.values()].map((waiting) => (lane ? lane(waiting) : handBack(waiting, OWN_FAULT_SECONDS)));
  return (await Promise.all(waits)).flat();
}

type Lane = (messages: readonly SQSRecord[]) => Promise<HandedBack[]>;

/** Reads what the batch needs, at once for all of it, and returns how to work off one record's messages. */
async function prepareLane(
  messages: readonly SQSRecord[],
  parts: DeliverParts,
  remainingMs: () => number,
): Promise<Lane> {
  const read = new Map(messages.map((message) => [message, fromMessage(message.body)]));
  const readable = [...read].filter((pair): pair is [SQSRecord, Notification] => 'id' in pair[1]);
  // A message that is received for the first time has had no attempt: a healthy delivery reads nothing here.
  const seen = readable.filter(([message]) => message.attributes.ApproximateReceiveCount !== '1');
  const [typed, attempts] = await Promise.all([
    readable.length > 0 ? parts.typed([...new Set(readable.map(([, { trigger }]) => trigger))]) : new Map(),
    seen.length > 0 ? parts.attempts(seen.map(([, notification]) => notification)) : new Map(),
  ]);

  return async (lane) => {
    for (const [index, message] of lane.entries()) {
      if (remainingMs() < parts.attemptMs + RESERVE_MS) return handBack(lane.slice(index), AT_ONCE_SECONDS);
      try {
        const notification = read.get(message) as ReturnType<typeof fromMessage>;
        if ('unreadable' in notification) await bury(message, message.messageId, notification.unreadable, parts);
        else {
          const url = typed.get(notification.trigger)?.url;
          const seconds = await settle(message, notification, url, attempts.get(notification.id) ?? 0, parts);
          if (seconds !== undefined) return handBack(lane.slice(index), seconds);
        }
      } catch (error) {
        log('error', 'cannot keep what came of an attempt', errorFields(error));
        return handBack(lane.slice(index), OWN_FAULT_SECONDS);
      }
    }
    return [];
  };
}

/**
 * All of a lane come back together. A follower that stayed away longer would lock its record for longer than its head
 * has to wait; one that came back sooner could pass its head, where a queue takes that for the end of the record's lock.
 */
function handBack(lane: readonly SQSRecord[], seconds: number): HandedBack[] {
  return lane.map((message) => ({ message, seconds }));
}

/** Attempts one notification. Returns the seconds for which it must be held, or nothing if it is done with. */
async function settle(
  message: SQSRecord,
  notification: Notification,
  url: string | undefined,
  attemptsBefore: number,
  parts: DeliverParts,
): Promise<number | undefined> {
  const { id, trigger } = notification;
  const attempts = attemptsBefore + (url === undefined ? 0 : 1);
  const started = parts.now();
  const answer: Answer =
    url === undefined
      ? { failure: `no URL is typed for ${trigger} any more` }
      : await parts.call(
          joinFormattedString(url, notification.formattedString),
          requestHeaders(notification, attempts, started),
        );
  const outcome = outcomeOf(answer);
  const at = parts.now();
  const delivered = outcome.kind === 'delivered';
  if (!delivered)
    log('warn', 'attempt failed', { id, trigger, attempts, answer: outcome.answer, milliseconds: at - started });

  if (notification.test) {
    const body = 'body' in answer ? answer.body.slice(0, 1024) : '';
    await parts.putTestResult(
      notification,
      { delivered, answer: outcome.answer, milliseconds: at - started, body },
      at,
    );
    return;
  }
  if (!delivered) {
    const seconds = url === undefined ? undefined : holdSeconds(attempts, parts.holds, parts.random());
    if (seconds !== undefined) {
      await parts.hold(notification, { attempts, answer: outcome.answer, at, nextTry: at + seconds * 1000 });
      return seconds;
    }
    await bury(message, id, `given up after ${attempts} attempts: ${outcome.answer}`, parts);
  }
  if (attemptsBefore > 0) await parts.release(notification);
}

async function bury(message: SQSRecord, id: string, reason: string, parts: DeliverParts): Promise<void> {
  await parts.bury({ id, group: message.attributes.MessageGroupId ?? id, body: message.body, reason });
  log('error', 'a notification went to the dead-letter queue', { id, reason });
}
