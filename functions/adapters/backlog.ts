import * as z from 'zod/mini';
import { type Trigger, triggers } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';
import type { Failed, Parked, RetryCount, TestResult, Waiting } from './backlog-items.ts';
import {
  fromFailedRow,
  fromParkedRow,
  keyOf,
  type List,
  lifeOf,
  listOf,
  newToken,
  retryRow,
  stateRow,
  testRow,
  toMark,
  toParkedRow,
  toRetryRow,
  toTestRow,
  unreadableAsFailed,
} from './backlog-rows.ts';
import { FailedWriter } from './failed-writer.ts';
import { mergedAmong, type Seen, stateOf } from './pending-state.ts';
import type { Place } from './table.ts';

/** A page of a trigger's backlog. */
export interface ParkedPage {
  readonly parked: Parked[];
  /** Items that cannot be read, in the form in which they move to Failed. */
  readonly unreadable: readonly { readonly failed: Failed; readonly place: unknown; readonly token: unknown }[];
  readonly next?: Place;
}

/** Excludes marks of settled notifications. */
const PENDING = 'attribute_not_exists(#done)';

/**
 * The backlog table. Each trigger has four lists: notifications that wait in the queue for a retry, its backlog
 * (parked), Failed, and results of tests. A list is sorted by the time of the change. A notification that is
 * delivered at its first attempt is never written here. Every read is strongly consistent. Every method throws when
 * the table does not respond.
 */
export class Backlog extends FailedWriter {
  /** Returns the state of these notifications. A notification without items is absent. */
  async seen(notifications: readonly Notification[]): Promise<ReadonlyMap<Notification, Seen>> {
    const keys = notifications.flatMap((n) => [keyOf(n, 'held'), keyOf(n, 'parked')]);
    const rows = (await this.table.getAll(keys)).map((row) => z.parse(stateRow, row));
    const seen = new Map<Notification, Seen>();
    for (const notification of notifications) {
      const own = rows.filter(({ id }) => id === notification.id);
      if (own.length > 0) seen.set(notification, stateOf(notification, own));
    }
    return seen;
  }

  /**
   * Stores the state of a notification that waits in the queue for its retry.
   *
   * @returns False if another function has settled it meanwhile. It does not wait then.
   */
  hold(waiting: Waiting, at: number): Promise<boolean> {
    return this.table.put(toRetryRow(waiting, at), {
      condition: writableIf(PENDING),
      values: { life: lifeOf(waiting.notification) },
    });
  }

  /**
   * Marks a notification of the queue as settled: delivered, moved to Failed, or in the backlog. Another function
   * with the same message finds the mark. The mark of a merged notification stays.
   */
  async release(notification: Notification, at: number): Promise<void> {
    const condition = writableIf('attribute_not_exists(#mergedInto)');
    await this.table.put(toMark(notification, at), { condition, values: { life: lifeOf(notification) } });
  }

  /** Marks merged notifications of a backlog as settled. A function that gets their message again finds the mark. */
  async markMerged(notifications: readonly Notification[], into: Notification, at: number): Promise<void> {
    await this.table.putAll(notifications.map((one) => toMark(one, at, into)));
  }

  /** Returns which of these notifications of a backlog were merged, with the ID of the one that was called in their place. */
  async merged(parked: readonly Parked[]): Promise<ReadonlyMap<Parked, string>> {
    const rows = await this.table.getAll(parked.map(({ notification }) => keyOf(notification, 'held')));
    return mergedAmong(
      parked,
      rows.map((row) => z.parse(stateRow, row)),
    );
  }

  /** Puts notifications into the backlogs of their triggers. A notification always gets the same key. */
  async park(waiting: readonly Waiting[], at: number): Promise<void> {
    const rows = waiting.map((one) => toParkedRow(one, at, newToken(), at));
    await this.table.putAll([...new Map(rows.map((row) => [`${row.list} ${row.place}`, row])).values()]);
  }

  /** Removes a notification from its backlog, unless it was written again after it was read. */
  async unpark(parked: Pick<Parked, 'notification' | 'token'>): Promise<void> {
    await this.table.delete(keyOf(parked.notification, 'parked'), asRead(parked));
  }

  /** Stores the result of an attempt at a parked notification, unless its row was changed after it was read. */
  async keepParked(parked: Parked, at: number): Promise<void> {
    const { condition, values } = asRead(parked);
    const row = toParkedRow(parked, parked.parkedAt, parked.token, at);
    await this.table.put(row, { condition: `attribute_exists(#place) AND ${condition}`, values });
  }

  /** A page of a trigger's backlog, in order of the changes' times; `next` when there is more. */
  async parked(trigger: Trigger, limit: number, after?: Place): Promise<ParkedPage> {
    const { rows, next } = await this.#page(trigger, 'parked', limit, after);
    const parked: Parked[] = [];
    const unreadable: ParkedPage['unreadable'][number][] = [];
    for (const row of rows)
      try {
        parked.push(fromParkedRow(row));
      } catch (error) {
        const failed = unreadableAsFailed(row, trigger, error, Date.now());
        unreadable.push({ failed, place: row.place, token: row.token });
      }
    return { parked, unreadable, ...(next && { next }) };
  }

  /** Deletes an unreadable row of a backlog after it was added to Failed, unless it was written again. */
  async dropUnreadable(trigger: Trigger, place: unknown, token: unknown): Promise<void> {
    await this.table.delete({ list: listOf(trigger, 'parked'), place }, asRead({ token }));
  }

  /** Counts the notifications of a trigger's list. It stops after `enough`. @param behind Only those behind a page with the newest first. */
  count(
    trigger: Trigger,
    list: 'held' | 'parked' | 'failed',
    enough = Number.POSITIVE_INFINITY,
    behind?: Place,
  ): Promise<number> {
    const query = {
      partition: { list: listOf(trigger, list) },
      // Only this list has marks of settled notifications.
      filter: list === 'held' ? PENDING : undefined,
      after: behind,
      newestFirst: true,
    };
    return this.table.count(query, enough);
  }

  /** Counts the notifications that wait in the queue for a retry, and those behind them, by trigger. */
  async retryCounts(): Promise<ReadonlyMap<Trigger, RetryCount>> {
    const counts = new Map(triggers.map((trigger) => [trigger, { waiting: 0, behind: 0 }]));
    await Promise.all(
      triggers.map(async (trigger) => {
        let next: Place | undefined;
        do {
          const page = await this.#page(trigger, 'held', undefined, next, PENDING);
          for (const row of page.rows) {
            for (const [of, behind] of Object.entries(z.parse(retryRow, row).behind)) {
              const count = counts.get(of as Trigger);
              if (count) count.behind += behind;
            }
          }
          const own = counts.get(trigger);
          if (own) own.waiting += page.rows.length;
          next = page.next;
        } while (next);
      }),
    );
    return counts;
  }

  /** Removes a redelivered notification from Failed, unless it failed again after it was read. */
  async forget(failed: Failed): Promise<void> {
    const { condition, values } = asRead(failed);
    await this.table.delete(keyOf(failed, 'failed'), {
      condition: `${condition} AND #failedAt = :failedAt`,
      values: { ...values, failedAt: failed.failedAt },
    });
  }

  /** A page of a trigger's list Failed, sorted by the time of the change. */
  async failed(
    trigger: Trigger,
    limit: number,
    after?: Place,
    newestFirst?: boolean,
  ): Promise<{ failed: Failed[]; next?: Place }> {
    const { rows, next } = await this.#page(trigger, 'failed', limit, after, undefined, newestFirst);
    return { failed: rows.map((row) => fromFailedRow(row, trigger)), ...(next && { next }) };
  }

  async putTestResult(notification: Notification, result: TestResult, at: number): Promise<void> {
    await this.table.put(toTestRow(notification, result, at));
  }

  /** The result of a test, or `undefined` before there is one. */
  async testResult(notification: Notification): Promise<TestResult | undefined> {
    const row = await this.table.get(keyOf(notification, 'test'));
    return row && z.parse(testRow, row).result;
  }

  #page(trigger: Trigger, list: List, limit?: number, after?: Place, filter?: string, newestFirst?: boolean) {
    const partition = { list: listOf(trigger, list) };
    return this.table.query({ partition, limit, after, newestFirst, filter });
  }
}

/** The condition that a state is not of a later life, and meets this condition if it is of the same life. */
function writableIf(condition: string): string {
  return `attribute_not_exists(#life) OR #life < :life OR (#life = :life AND ${condition})`;
}

/** The condition that a row was not written again after it was read. */
function asRead({ token }: { readonly token?: unknown }) {
  if (token === undefined) return { condition: 'attribute_not_exists(#token)', values: {} };
  return { condition: '#token = :token', values: { token } };
}
