import type { Notification } from './notification.ts';
import { compareSequences } from './record-order.ts';

/**
 * Returns those of the pending notifications of one record, in order, that become one call: that of the newest. They are
 * the first notifications with the same trigger and formatted string, and growing sequences: that of a backfilled row is 0.
 * Tests and redelivered notifications are not merged, because somebody waits for each of them.
 */
export function firstGroupOf<Item>(items: readonly Item[], of: (item: Item) => Notification): readonly Item[] {
  const end = items.findIndex((item, i) => i > 0 && !areMerged(of(items[i - 1] as Item), of(item)));
  return end < 0 ? items : items.slice(0, end);
}

function areMerged(before: Notification, next: Notification): boolean {
  return (
    before.trigger === next.trigger &&
    before.record === next.record &&
    before.formattedString === next.formattedString &&
    compareSequences(before.sequence, next.sequence) < 0 &&
    [before, next].every(({ test, redelivered }) => !test && redelivered === undefined)
  );
}

/** Returns the newest notification of a group, with the number of its changes and the time of the oldest. */
export function mergedOf(group: readonly Notification[]): Notification {
  const newest = group.at(-1) as Notification;
  if (group.length === 1) return newest;
  const coalesced = group.reduce((sum, { coalesced = 1 }) => sum + coalesced, 0);
  const oldestAt = Math.min(...group.map(({ changedAt, oldestAt = changedAt }) => oldestAt));
  return { ...newest, coalesced, oldestAt };
}

/** The fields of a notification's state that carry over to the notification into which it is merged. */
interface Tried {
  readonly attempts: number;
  readonly firstAttempt: number;
  readonly nextTry: number;
}

/** Returns the state of a group: the most attempts and the earliest first attempt, so that a busy record moves to Failed in time. */
export function triedOf<State extends Tried>(states: readonly State[]): State {
  const first = states.map(({ firstAttempt }) => firstAttempt).filter(Boolean);
  return {
    ...(states.at(-1) as State),
    attempts: Math.max(...states.map(({ attempts }) => attempts)),
    firstAttempt: first.length > 0 ? Math.min(...first) : 0,
    nextTry: Math.max(...states.map(({ nextTry }) => nextTry)),
  };
}
