import type { SQSRecord } from 'aws-lambda';
import { unattempted } from '../adapters/backlog-items.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { Seen } from '../adapters/pending-state.ts';
import type { TriggersNow } from '../adapters/trigger-store.ts';
import { allEnded } from '../core/all-ended.ts';
import { parkingStates } from '../core/breaker.ts';
import type { Notification } from '../core/notification.ts';
import { inWaves } from '../core/waves.ts';
import type { BatchDeps } from './deps.ts';
import type { KnownTriggers } from './known-triggers.ts';
import { isSharedMessage } from './received.ts';

/** A message with its notification and its state. */
export interface Known {
  readonly message: SQSRecord;
  readonly notification: Notification;
  /** Absent when it was neither attempted nor in a backlog before. */
  readonly before: Seen | undefined;
}

/** The messages of a batch that go to backlogs. */
export interface Parking {
  includes(message: SQSRecord): boolean;
  /** Fulfilled with the messages that are done. */
  readonly done: Promise<ReadonlySet<SQSRecord>>;
}

/** Begins to park the notifications of parked, draining and paused triggers. */
export function park(known: readonly Known[], triggers: KnownTriggers, deps: BatchDeps): Parking {
  const waiting = known.filter(
    ({ notification, before }) => !notification.test && !before?.settled && parks(triggers, notification),
  );
  const messages = new Set(waiting.map(({ message }) => message));
  const done = putAndReadAgain(waiting, deps).catch((error) => {
    log('error', 'cannot park', errorFields(error));
    return new Set<SQSRecord>();
  });
  return { includes: (message) => messages.has(message), done };
}

/**
 * Puts notifications into their backlogs, **then reads their triggers again**. Only if a trigger is still parked,
 * draining or paused is a later drain certain, and the message done.
 */
async function putAndReadAgain(waiting: readonly Known[], deps: BatchDeps): Promise<ReadonlySet<SQSRecord>> {
  if (waiting.length === 0) return new Set();
  // What is in its backlog stays as it is. Drain can have read it: an item that is put again would be called after a later one
  // of its record into which drain merges it.
  const missing = waiting.filter(({ before }) => !before?.isParked);
  // An item must be stored before the next one of its record is dated: drain relies on that.
  for (const wave of inWaves(missing, ({ notification }) => notification.record))
    await deps.backlog.park(
      wave.map(({ message, notification, before }) => {
        const isShared = isSharedMessage(message, deps.now());
        return { ...triedOf(before), notification, ...(isShared && { isShared }) };
      }),
      deps.now(),
    );
  const again = await deps.triggers.read(triggersOf(waiting.map(({ notification }) => notification)));
  const parked = waiting.filter(({ notification }) => parks(again, notification));
  // From now on drain delivers it: another function with the same message does nothing.
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
 * Removes items that another function has settled meanwhile from the backlog of a trigger that is active again. That
 * function did not find the item yet and can have deleted the message, and no drain would run.
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

export function triggersOf(notifications: readonly Notification[]) {
  return [...new Set(notifications.map(({ trigger }) => trigger))];
}
