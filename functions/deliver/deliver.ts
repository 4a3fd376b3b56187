// table row → change → [notification → attempt → outcome]
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Seen } from '../adapters/backlog.ts';
import { unattempted } from '../adapters/backlog-rows.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { TriggersNow } from '../adapters/trigger-store.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { allEnded } from '../core/all-ended.ts';
import { parkingStates } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import { fromMessage, type Notification } from '../core/notification.ts';
import { returnSeconds } from '../core/return-delay.ts';
import { inWaves } from '../core/waves.ts';
import type { BatchDeps, DeliverDeps } from './deps.ts';
import { atOnce, handleOutcome, type Wait } from './handle-outcome.ts';
import { KnownTriggers } from './known-triggers.ts';
import { isSharedMessage, mayHaveHistory, receivesOf } from './received.ts';

/** Kept back from the function's time, to return what was not attempted. */
const RESERVE_MS = 5_000;

/** The first delay of messages that cannot be handled for an internal reason: a table or a queue does not respond. */
const INTERNAL_ERROR_SECONDS = 5;

/** A message to be received again, and for how many seconds it stays invisible until then. */
interface Returned {
  readonly message: SQSRecord;
  readonly seconds: number;
}

/** A message that is a notification, and what is known of it. */
interface Known {
  readonly message: SQSRecord;
  readonly notification: Notification;
  /** Absent when it was neither attempted nor in a backlog before. */
  readonly before: Seen | undefined;
}

/**
 * Processes a batch: what belongs to a trigger that is down or paused goes to its backlog; the rest is attempted, the
 * notifications of one record one after another, records side by side. A record's first notification that must wait
 * returns to the queue with all behind it.
 *
 * It never throws, since Lambda would then poll less for everybody; it names the messages that the queue has to keep.
 *
 * @param remainingMs How long the function may still run, milliseconds.
 */
export async function deliver(
  messages: readonly SQSRecord[],
  deps: DeliverDeps,
  remainingMs: () => number,
): Promise<SQSBatchResponse> {
  const noted = new AttemptLog(deps);
  const back = await processBatch(messages, { ...deps, noted }, remainingMs).catch((error) => {
    log('error', 'cannot read what is needed to deliver', errorFields(error));
    return [...lanesOf(messages).values()].flatMap((lane) => returnToQueue(lane, internalError));
  });
  await Promise.all([noted.write(), setWhenTheyComeBack(back, deps)]);
  deps.metrics.write();
  log('info', 'delivered', { messages: messages.length, returned: back.length });
  return { batchItemFailures: back.map(({ message }) => ({ itemIdentifier: message.messageId })) };
}

async function processBatch(
  messages: readonly SQSRecord[],
  deps: BatchDeps,
  remainingMs: () => number,
): Promise<Returned[]> {
  const read = new Map(messages.map((message) => [message, fromMessage(message.body)] as const));
  const readable = [...read].filter((pair): pair is [SQSRecord, Notification] => 'id' in pair[1]);
  // A healthy delivery reads nothing but its trigger.
  const now = deps.now();
  const looked = readable.filter(([message, notification]) => mayHaveHistory(message, notification, now));
  const [stored, before] = await allEnded([
    readable.length > 0 ? deps.triggers.read(triggersOf(readable.map(([, one]) => one))) : nothing,
    looked.length > 0 ? deps.backlog.seen(looked.map(([, one]) => one)) : nothing,
  ]);
  const triggers = new KnownTriggers(stored);
  const known = new Map(
    readable.map(([message, notification]) => [message, { message, notification, before: before.get(notification) }]),
  );
  // Side by side with the attempts: what belongs to a trigger that is up does not wait for what is parked.
  const parking = park([...known.values()], triggers, deps);
  const endWatch = triggers.watch(deps);

  const worked = [...lanesOf(messages).values()].map(async (lane) => {
    for (const [index, message] of lane.entries()) {
      if (parking.includes(message) && (await parking.done).has(message)) continue;
      const behind = async () => {
        const done = await parking.done;
        return countOf(lane.slice(index + 1).flatMap((later) => (done.has(later) ? [] : (known.get(later) ?? []))));
      };
      const wait = await one(message, known.get(message), behind, triggers, deps, remainingMs).catch((error) => {
        log('error', 'cannot keep the result of an attempt', errorFields(error));
        return internalError;
      });
      if (wait === undefined) continue;
      const done = await parking.done;
      return returnToQueue(
        lane.slice(index).filter((later) => !done.has(later)),
        wait,
      );
    }
    return [];
  });
  return (await Promise.all(worked).finally(endWatch)).flat();
}

const nothing = Promise.resolve(new Map<never, never>());

async function setWhenTheyComeBack(back: readonly Returned[], { queue }: DeliverDeps): Promise<void> {
  if (back.length === 0) return;
  await queue
    .returnToQueue(back.map(({ message, seconds }) => ({ receiptHandle: message.receiptHandle, seconds })))
    .catch((error) => log('error', 'messages return later than they should', errorFields(error)));
}

const internalError: Wait = { seconds: INTERNAL_ERROR_SECONDS, isInternal: true };

/**
 * All of a lane return together. A follower that stayed away longer would lock its record for longer than its head
 * has to wait; one that returned sooner could pass its head, where a queue takes that for the end of the record's lock.
 */
function returnToQueue(lane: readonly SQSRecord[], { seconds, isInternal }: Wait): Returned[] {
  const receives = Math.max(...lane.map(receivesOf));
  const delay = isInternal ? returnSeconds(seconds, receives) : seconds;
  return lane.map((message) => ({ message, seconds: delay }));
}

/** The messages of each record, in order. */
function lanesOf(messages: readonly SQSRecord[]) {
  return Map.groupBy(messages, (message) => message.attributes.MessageGroupId ?? '');
}

/** What of a batch goes to backlogs. */
interface Parking {
  includes(message: SQSRecord): boolean;
  /** Fulfilled with the messages that are done with. */
  readonly done: Promise<ReadonlySet<SQSRecord>>;
}

/** Begins to park what belongs to triggers that are down or paused. */
function park(known: readonly Known[], triggers: KnownTriggers, deps: BatchDeps): Parking {
  const waiting = known.filter(
    ({ notification, before }) => !notification.test && !before?.settled && parks(triggers, notification),
  );
  const messages = new Set(waiting.map(({ message }) => message));
  const done = putAndLookAgain(waiting, deps).catch((error) => {
    log('error', 'cannot park', errorFields(error));
    return new Set<SQSRecord>();
  });
  return { includes: (message) => messages.has(message), done };
}

/**
 * Puts notifications into their backlogs, **then looks at their triggers again**: only while a trigger is still down or
 * paused is somebody bound to drain its backlog after this look, and the message done with.
 */
async function putAndLookAgain(waiting: readonly Known[], deps: BatchDeps): Promise<ReadonlySet<SQSRecord>> {
  if (waiting.length === 0) return new Set();
  // An item must be in the backlog before the next of its record is dated: drain's look at the backlog trusts that.
  for (const wave of inWaves(waiting, ({ notification }) => notification.record))
    await deps.backlog.park(
      wave.map(({ notification, before }) => ({ ...triedOf(before), notification })),
      deps.now(),
    );
  const again = await deps.triggers.read(triggersOf(waiting.map(({ notification }) => notification)));
  const parked = waiting.filter(({ notification }) => parks(again, notification));
  // From here on it is drain that delivers it: what another function does with its message has no effect.
  await allEnded(
    parked
      .filter(({ message, before }) => before || isSharedMessage(message, deps.now()))
      .map(({ notification }) => deps.backlog.release(notification, deps.now())),
  );
  for (const { notification } of parked) deps.metrics.add('parked', notification.trigger);
  if (parked.length > 0) log('info', 'parked', { ids: parked.map(({ notification }) => notification.id) });
  await takeBackSettled(
    waiting.filter((one) => !parked.includes(one)),
    deps,
  );
  return new Set(parked.map(({ message }) => message));
}

/**
 * Takes out of the backlog of a trigger that returned what another function has settled meanwhile, whose look at the
 * backlog came before the item was there: its message may be deleted, and nobody drains this trigger.
 */
async function takeBackSettled(put: readonly Known[], { backlog, now }: BatchDeps): Promise<void> {
  const shared = put.filter(({ message }) => isSharedMessage(message, now())).map(({ notification }) => notification);
  if (shared.length === 0) return;
  const seen = [...(await backlog.seen(shared)).values()];
  await allEnded(seen.map(async ({ settled, parked }) => settled && parked && backlog.unpark(parked)));
}

function triedOf(before: Seen | undefined) {
  const { attempts, firstAttempt, response, nextTry } = before ?? unattempted;
  return { attempts, firstAttempt, response, nextTry };
}

function parks(triggers: Pick<TriggersNow, 'get'>, { trigger }: Notification): boolean {
  const now = triggers.get(trigger);
  return now !== undefined && parkingStates.has(now.state);
}

/** Does what can be done with one message now. Returns how it must wait, or nothing if it is done with. */
async function one(
  message: SQSRecord,
  known: Known | undefined,
  behind: () => Promise<Behind>,
  triggers: KnownTriggers,
  deps: BatchDeps,
  remainingMs: () => number,
): Promise<Wait | undefined> {
  if (remainingMs() < deps.attemptMs + RESERVE_MS) return atOnce;
  if (!known) {
    await sendToDeadLetterQueue(message, deps);
    return undefined;
  }
  const { notification, before } = known;
  if (before?.settled) return undefined;
  const trigger = triggers.get(notification.trigger);
  if (trigger && trigger.state !== 'active' && !notification.test) return atOnce;
  const isShared = isSharedMessage(message, deps.now());
  return handleOutcome({ notification, before, isShared, behind }, triggers, deps);
}

type Behind = Partial<Record<Trigger, number>>;

/** How many notifications stand behind one that waits, by their triggers. */
function countOf(later: readonly Known[]): Behind {
  const pending = later.filter(({ notification, before }) => !notification.test && !before?.settled);
  const perTrigger = Map.groupBy(pending, ({ notification }) => notification.trigger);
  return Object.fromEntries([...perTrigger].map(([trigger, of]) => [trigger, of.length]));
}

async function sendToDeadLetterQueue(message: SQSRecord, { queue }: BatchDeps): Promise<void> {
  const { messageId, body, attributes } = message;
  const read = fromMessage(body);
  const reason = 'unreadable' in read ? read.unreadable : '';
  await queue.sendToDeadLetters({ id: messageId, group: attributes.MessageGroupId ?? messageId, body, reason });
  const fields = { messageId, id: notificationIdOf(message), reason };
  log('error', 'a message went to the dead-letter queue', fields);
}

/** What a message that cannot be read was sent as, if that is a notification's id. */
function notificationIdOf({ attributes }: SQSRecord): string | undefined {
  return attributes.MessageDeduplicationId?.match(/^msg_[0-9a-f]{32}/)?.[0];
}

function triggersOf(notifications: readonly Notification[]) {
  return [...new Set(notifications.map(({ trigger }) => trigger))];
}
