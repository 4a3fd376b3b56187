import type { SQSRecord } from 'aws-lambda';
import { errorFields, log } from '../adapters/logger.ts';
import type { Trigger } from '../core/entity.ts';
import { sendToDeadLetterQueue } from './dead-letter.ts';
import type { BatchDeps } from './deps.ts';
import { atOnce, handleOutcome, type Wait } from './handle-outcome.ts';
import type { KnownTriggers } from './known-triggers.ts';
import { waitForTurn } from './limit.ts';
import { groupOf, settleOlder } from './merge.ts';
import type { Known, Parking } from './park.ts';
import { isSharedMessage } from './received.ts';
import { internalError, type Returned, returnToQueue } from './return-to-queue.ts';
import type { SlowStart } from './slow-start.ts';

/** The time at the end of the function that is reserved for returning messages to the queue. */
const RESERVE_MS = 5_000;

/** A batch whose triggers were read. */
export interface Batch {
  /** Its messages that can be read. */
  readonly known: ReadonlyMap<SQSRecord, Known>;
  readonly triggers: KnownTriggers;
  readonly parking: Parking;
  readonly slowStart: SlowStart;
  readonly deps: BatchDeps;
  /** Returns how long the function may still run, in milliseconds. */
  readonly remainingMs: () => number;
}

/** Processes the messages of one record, in order. @returns Those that the queue has to keep. */
export async function processLane(lane: readonly SQSRecord[], batch: Batch): Promise<Returned[]> {
  const { parking } = batch;
  const left = new Set(lane);
  const removeParked = async () => {
    for (const message of await parking.done) left.delete(message);
  };
  for (const message of lane) {
    if (parking.includes(message)) await removeParked();
    if (!left.has(message)) continue;
    const wait = await processFirst(message, left, removeParked, batch).catch((error) => {
      log('error', 'cannot store the result of an attempt', errorFields(error));
      return internalError;
    });
    if (!wait) continue;
    await removeParked();
    return returnToQueue([...left], wait);
  }
  return [];
}

/**
 * Processes the first message of a lane, with coalescing also those that are merged with it, and removes them from the lane.
 *
 * @returns How the first message that is left must wait; nothing if all of them are done.
 */
async function processFirst(
  message: SQSRecord,
  left: Set<SQSRecord>,
  removeParked: () => Promise<void>,
  batch: Batch,
): Promise<Wait | undefined> {
  const { known, triggers, slowStart, deps, remainingMs } = batch;
  if (remainingMs() < deps.attemptMs + RESERVE_MS) return atOnce;
  const first = known.get(message);
  if (!first) await sendToDeadLetterQueue(message, deps);
  if (!first || first.before?.settled) {
    left.delete(message);
    return undefined;
  }
  const { trigger, test } = first.notification;
  const isActive = () => test || (triggers.get(trigger)?.state ?? 'active') === 'active';
  if (!isActive() || (!test && !(await waitForTurn(trigger, triggers, deps)))) return atOnce;
  const call = async () => (isActive() ? callFirst(left, removeParked, batch) : atOnce);
  return test ? call() : slowStart.run(trigger, call);
}

async function callFirst(
  left: Set<SQSRecord>,
  removeParked: () => Promise<void>,
  { known, triggers, deps }: Batch,
): Promise<Wait | undefined> {
  const pending = () => [...left].flatMap((message) => known.get(message) ?? []);
  const group = groupOf(pending(), triggers, deps.now());
  if (group.older.length > 0) await settleOlder(group, left, deps);
  const { newest } = group;
  const behind = async () => {
    await removeParked();
    return countOf(pending().filter(({ message }) => message !== newest.message));
  };
  const isShared = isSharedMessage(newest.message, deps.now());
  const wait = await handleOutcome({ ...newest, isShared, behind }, triggers, deps);
  if (!wait) left.delete(newest.message);
  return wait;
}

/** How many notifications wait behind another one, by trigger. */
function countOf(later: readonly Known[]): Partial<Record<Trigger, number>> {
  const pending = later.filter(({ notification, before }) => !notification.test && !before?.settled);
  const perTrigger = Map.groupBy(pending, ({ notification }) => notification.trigger);
  return Object.fromEntries([...perTrigger].map(([trigger, of]) => [trigger, of.length]));
}
