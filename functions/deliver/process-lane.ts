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
import { aloneUntil, isSharedMessage } from './received.ts';
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

/** The messages of one record, in order. */
export class Lane {
  /** The messages that are not done yet, in order. */
  readonly #left: Set<SQSRecord>;
  readonly #batch: Batch;

  constructor(messages: readonly SQSRecord[], batch: Batch) {
    this.#left = new Set(messages);
    this.#batch = batch;
  }

  /** @returns The messages that the queue has to keep. */
  async process(): Promise<Returned[]> {
    for (const message of this.#left) {
      if (this.#batch.parking.includes(message)) await this.#removeParked();
      if (!this.#left.has(message)) continue;
      const wait = await this.#processFirst(message).catch(unstored);
      if (!wait) continue;
      await this.#removeParked();
      return returnToQueue([...this.#left], wait);
    }
    return [];
  }

  async #removeParked(): Promise<void> {
    for (const message of await this.#batch.parking.done) this.#left.delete(message);
  }

  /**
   * Processes the first message that is left, with coalescing also those that are merged with it, and removes them.
   *
   * @returns How the first message that is then left must wait; nothing if all of them are done.
   */
  async #processFirst(message: SQSRecord): Promise<Wait | undefined> {
    const { known, triggers, slowStart, deps, remainingMs } = this.#batch;
    if (remainingMs() < deps.attemptMs + RESERVE_MS) return atOnce;
    const first = known.get(message);
    if (!first) await sendToDeadLetterQueue(message, deps);
    if (!first || first.before?.settled) {
      this.#left.delete(message);
      return undefined;
    }
    const { trigger, test } = first.notification;
    if (test) return this.#callFirst();
    if (!isActive(trigger, triggers) || !(await waitForTurn(trigger, triggers, deps))) return atOnce;
    return slowStart.run(trigger, async () => (isActive(trigger, triggers) ? this.#callFirst() : atOnce));
  }

  async #callFirst(): Promise<Wait | undefined> {
    const { triggers, deps } = this.#batch;
    const group = groupOf(this.#pending(), triggers, deps.now());
    if (group.older.length > 0) await settleOlder(group, this.#left, deps);
    const { message, notification, before } = group.newest;
    const isShared = isSharedMessage(message, deps.now());
    const { since } = group;
    const alone = (nextTry: number) => (since === undefined ? undefined : aloneUntil(message, since, nextTry));
    const received = { notification, before, isShared, alone, behind: () => this.#behind(message) };
    const wait = await handleOutcome(received, triggers, deps);
    if (!wait) this.#left.delete(message);
    return wait;
  }

  /** The notifications that are not done yet, in order. */
  #pending(): Known[] {
    const { known } = this.#batch;
    return [...this.#left].flatMap((message) => known.get(message) ?? []);
  }

  /** How many notifications wait behind that of a message, by trigger. */
  async #behind(first: SQSRecord): Promise<Partial<Record<Trigger, number>>> {
    await this.#removeParked();
    return countOf(this.#pending().filter(({ message }) => message !== first));
  }
}

function isActive(trigger: Trigger, triggers: KnownTriggers): boolean {
  return (triggers.get(trigger)?.state ?? 'active') === 'active';
}

function unstored(error: unknown): Wait {
  log('error', 'cannot store the result of an attempt', errorFields(error));
  return internalError;
}

function countOf(later: readonly Known[]): Partial<Record<Trigger, number>> {
  const pending = later.filter(({ notification, before }) => !notification.test && !before?.settled);
  const perTrigger = Map.groupBy(pending, ({ notification }) => notification.trigger);
  return Object.fromEntries([...perTrigger].map(([trigger, of]) => [trigger, of.length]));
}
