import type { SQSRecord } from 'aws-lambda';
import { noteMerged } from '../attempt/note-merged.ts';
import { firstGroupOf, mergedOf, triedOf } from '../core/coalescing.ts';
import type { BatchDeps } from './deps.ts';
import { markSettled } from './handle-outcome.ts';
import type { KnownTriggers } from './known-triggers.ts';
import type { Known } from './park.ts';
import { aloneSince } from './received.ts';

/** Messages that become one call. */
interface Group {
  /** The one that is called, with what the older ones leave to it. */
  readonly newest: Known;
  readonly older: readonly Known[];
  /** The earliest time of the receive, if only this function has the messages. See `aloneSince`. */
  readonly since: number | undefined;
}

/**
 * Returns the first message of a lane, and with coalescing those that are merged with it. A message that another function
 * may be calling at the same time is not merged, because its call could arrive after the one of the group.
 */
export function groupOf(lane: readonly Known[], triggers: KnownTriggers, now: number): Group {
  const [first] = lane as readonly [Known];
  const { coalesce, url } = triggers.get(first.notification.trigger) ?? {};
  const since = aloneSince(first.message, first.before, now);
  if (!coalesce || url === undefined || since === undefined) return { newest: first, older: [], since };
  const pending = lane.filter(({ before }) => !before?.settled);
  const group = firstGroupOf(pending, ({ notification }) => notification);
  const newest = group.at(-1) ?? first;
  const notification = mergedOf(group.map((one) => one.notification));
  const states = group.flatMap(({ before }) => before ?? []);
  const before = states.length > 0 ? { ...triedOf(states), parked: newest.before?.parked } : undefined;
  return { newest: { ...newest, notification, before }, older: group.slice(0, -1), since };
}

/**
 * Marks the older messages of a group as settled and removes them from their lane. This happens before the newest is called:
 * if the function stops afterwards, they cannot be called after it.
 */
export async function settleOlder({ newest, older }: Group, lane: Set<SQSRecord>, deps: BatchDeps): Promise<void> {
  for (const { message, notification, before } of older) {
    // Before it is marked: if only the response is lost, the next function finds it settled.
    noteMerged({ notification, attempts: before?.attempts ?? 0 }, newest.notification, deps);
    // Before the mark: if the function stops between the two, the message returns. A marked item would stay, and drain would
    // call it after the newest.
    if (before?.parked) await deps.backlog.unpark(before.parked);
    await markSettled({ notification, before, isShared: true }, deps);
    lane.delete(message);
  }
}
