// table row → change → [notification → attempt → outcome]
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { parkingStates } from '../core/breaker.ts';
import { fromMessage, type Notification } from '../core/notification.ts';
import { inWaves } from '../core/waves.ts';
import { type Backlog, type Tried, untried } from '../edge/backlog.ts';
import type { Call } from '../edge/http.ts';
import { errorFields, log } from '../edge/log.ts';
import type { MeasuringParts } from '../edge/metrics.ts';
import type { DeliveryQueue } from '../edge/queue.ts';
import type { Secrets } from '../edge/secrets.ts';
import type { Triggers, TriggersNow } from '../edge/triggers.ts';
import { KnownTriggers } from './known-triggers.ts';
import { type LoggingParts, NotedAttempts } from './noted-attempts.ts';
import { AT_ONCE_SECONDS, settle } from './settle.ts';

/** What deliver touches of the world. Times are epoch milliseconds. */
export interface DeliverParts extends LoggingParts, MeasuringParts {
  readonly triggers: Pick<Triggers, 'read' | 'strike' | 'clearStrikes' | 'move'>;
  readonly backlog: Pick<Backlog, 'seen' | 'hold' | 'release' | 'park' | 'unpark' | 'fail' | 'putTestResult'>;
  readonly queue: Pick<DeliveryQueue, 'bury' | 'handBack'>;
  readonly call: Call;
  readonly secrets: Pick<Secrets, 'of'>;
  /** Seconds, one after each failed attempt. */
  readonly holds: readonly number[];
  /** The longest that one attempt takes. */
  readonly attemptMs: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Does something after a time, unless it is cancelled before. @returns What cancels it. */
  after(milliseconds: number, act: () => void): () => void;
}

/** The same for one batch, whose attempts are noted together. */
export interface RunParts extends DeliverParts {
  readonly noted: NotedAttempts;
}

/** Kept back from the function's time, for handing back what was not attempted. */
const RESERVE_MS = 5_000;

/** How long messages wait when it is we who cannot go on: a table or a queue does not answer. */
const OWN_FAULT_SECONDS = 5;

/** A message to be received again, and for how many seconds it stays out of sight until then. */
interface HandedBack {
  readonly message: SQSRecord;
  readonly seconds: number;
}

/** A message that is a notification, and what is known of it. */
interface Known {
  readonly message: SQSRecord;
  readonly notification: Notification;
  /** Absent when it has had no attempt and was never parked. */
  readonly before: (Tried & { readonly parked: boolean }) | undefined;
}

/**
 * Works off a batch: what belongs to a trigger that is down or paused goes to its backlog; the rest is attempted, the
 * notifications of one record one after another, records side by side. A record's first notification that must wait
 * takes all behind it back to the queue.
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
  const noted = new NotedAttempts(parts);
  const back = await workOff(messages, { ...parts, noted }, remainingMs).catch((error) => {
    log('error', 'cannot read what is needed to deliver', errorFields(error));
    return handBack(messages, OWN_FAULT_SECONDS);
  });
  await Promise.all([noted.write(), setWhenTheyComeBack(back, parts)]);
  parts.metrics.write();
  log('info', 'delivered', { messages: messages.length, handedBack: back.length });
  return { batchItemFailures: back.map(({ message }) => ({ itemIdentifier: message.messageId })) };
}

async function workOff(
  messages: readonly SQSRecord[],
  parts: RunParts,
  remainingMs: () => number,
): Promise<HandedBack[]> {
  const read = new Map(messages.map((message) => [message, fromMessage(message.body)] as const));
  const readable = [...read].filter((pair): pair is [SQSRecord, Notification] => 'id' in pair[1]);
  // A message that is received for the first time has had no attempt: a healthy delivery reads nothing but its trigger.
  const seen = readable.filter(([message]) => message.attributes.ApproximateReceiveCount !== '1');
  const [stored, before] = await Promise.all([
    readable.length > 0 ? parts.triggers.read(triggersOf(readable.map(([, notification]) => notification))) : new Map(),
    seen.length > 0 ? parts.backlog.seen(seen.map(([, notification]) => notification)) : new Map(),
  ]);
  const triggers = new KnownTriggers(stored);
  const known = new Map(
    readable.map(([message, notification]) => [
      message,
      { message, notification, before: before.get(notification.id) },
    ]),
  );
  // Side by side with the attempts: what belongs to a trigger that is up does not wait for what is parked.
  const parking = park([...known.values()], triggers, parts);
  const endWatch = triggers.watch(parts);

  const lanes = Map.groupBy(messages, (message) => message.attributes.MessageGroupId ?? '');
  const worked = [...lanes.values()].map(async (lane) => {
    for (const [index, message] of lane.entries()) {
      if (parking.includes(message) && (await parking.done).has(message)) continue;
      const seconds = await one(message, known.get(message), triggers, parts, remainingMs).catch((error) => {
        log('error', 'cannot keep what came of an attempt', errorFields(error));
        return OWN_FAULT_SECONDS;
      });
      if (seconds === undefined) continue;
      const done = await parking.done;
      return handBack(
        lane.slice(index).filter((later) => !done.has(later)),
        seconds,
      );
    }
    return [];
  });
  return (await Promise.all(worked).finally(endWatch)).flat();
}

async function setWhenTheyComeBack(back: readonly HandedBack[], { queue }: DeliverParts): Promise<void> {
  if (back.length === 0) return;
  await queue
    .handBack(back.map(({ message, seconds }) => ({ receiptHandle: message.receiptHandle, seconds })))
    .catch((error) => log('error', 'messages come back later than they should', errorFields(error)));
}

/**
 * All of a lane come back together. A follower that stayed away longer would lock its record for longer than its head
 * has to wait; one that came back sooner could pass its head, where a queue takes that for the end of the record's lock.
 */
function handBack(lane: readonly SQSRecord[], seconds: number): HandedBack[] {
  return lane.map((message) => ({ message, seconds }));
}

/** What of a batch goes to backlogs. */
interface Parking {
  includes(message: SQSRecord): boolean;
  /** Fulfilled with the messages that are done with. */
  readonly done: Promise<ReadonlySet<SQSRecord>>;
}

/** Begins to park what belongs to triggers that are down or paused. */
function park(known: readonly Known[], triggers: KnownTriggers, parts: RunParts): Parking {
  const waiting = known.filter(({ notification }) => !notification.test && parks(triggers, notification));
  const messages = new Set(waiting.map(({ message }) => message));
  const done = putAndLookAgain(waiting, parts).catch((error) => {
    log('error', 'cannot park', errorFields(error));
    return new Set<SQSRecord>();
  });
  return { includes: (message) => messages.has(message), done };
}

/**
 * Puts notifications into their backlogs, **then looks at their triggers again**: only while a trigger is still down or
 * paused is somebody bound to drain its backlog after this look, and the message done with.
 */
async function putAndLookAgain(waiting: readonly Known[], parts: RunParts): Promise<ReadonlySet<SQSRecord>> {
  if (waiting.length === 0) return new Set();
  // An item must be in the backlog before the next of its record is dated: drain's look at the backlog trusts that.
  for (const wave of inWaves(waiting, ({ notification }) => notification.record))
    await parts.backlog.park(
      wave.map(({ notification, before }) => ({ ...untried, ...before, notification })),
      parts.now(),
    );
  const again = await parts.triggers.read(triggersOf(waiting.map(({ notification }) => notification)));
  const parked = waiting.filter(({ notification }) => parks(again, notification));
  for (const { notification } of parked) parts.metrics.add('parked', notification.trigger);
  if (parked.length > 0) log('info', 'parked', { ids: parked.map(({ notification }) => notification.id) });
  return new Set(parked.map(({ message }) => message));
}

function parks(triggers: Pick<TriggersNow, 'get'>, { trigger }: Notification): boolean {
  const now = triggers.get(trigger);
  return now !== undefined && parkingStates.has(now.state);
}

/** Does what can be done with one message now. Returns for how many seconds it must wait, or nothing if it is done with. */
async function one(
  message: SQSRecord,
  known: Known | undefined,
  triggers: KnownTriggers,
  parts: RunParts,
  remainingMs: () => number,
): Promise<number | undefined> {
  if (remainingMs() < parts.attemptMs + RESERVE_MS) return AT_ONCE_SECONDS;
  if (!known) {
    const { unreadable } = fromMessage(message.body) as { unreadable: string };
    const { messageId, body } = message;
    await parts.queue.bury({
      id: messageId,
      group: message.attributes.MessageGroupId ?? messageId,
      body,
      reason: unreadable,
    });
    const fields = { messageId, id: notificationIdOf(message), reason: unreadable };
    log('error', 'a message went to the dead-letter queue', fields);
    return undefined;
  }
  const { notification, before } = known;
  const trigger = triggers.get(notification.trigger);
  if (trigger && trigger.state !== 'active' && !notification.test) return AT_ONCE_SECONDS;
  // Parked by an earlier receive that then saw its trigger come back: the backlog must not deliver it a second time.
  if (before?.parked) await parts.backlog.unpark(notification);
  return settle(notification, before, triggers, parts);
}

/** What a message that cannot be read was sent as, if that is a notification's id. */
function notificationIdOf({ attributes }: SQSRecord): string | undefined {
  return attributes.MessageDeduplicationId?.match(/^msg_[0-9a-f]{32}/)?.[0];
}

function triggersOf(notifications: readonly Notification[]) {
  return [...new Set(notifications.map(({ trigger }) => trigger))];
}
