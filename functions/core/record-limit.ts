import * as z from 'zod/mini';
import type { Notification } from './notification.ts';

/** How many changes of one record are sent within one window. More are taken for a loop. */
export const recordLimit = z.object({ changes: z.number(), perSeconds: z.number() });

export type RecordLimit = Readonly<z.output<typeof recordLimit>>;

/**
 * The window of a change: when it begins, epoch seconds. It depends on the change's own time, so a repeat has the
 * same window.
 */
export function windowOf({ changedAt }: Pick<Notification, 'changedAt'>, { perSeconds }: RecordLimit): number {
  return Math.floor(changedAt / 1000 / perSeconds) * perSeconds;
}

/**
 * Whether a change is over the limit: whether so many of its record and window have a lower sequence. A repeat gets
 * the same result, whatever was counted since.
 *
 * @param counted The sequences of all that were counted in this window.
 */
export function isOverLimit(sequence: string, counted: readonly string[], { changes }: RecordLimit): boolean {
  return counted.filter((other) => ordered(other) < ordered(sequence)).length >= changes;
}

/** Sequences have up to 40 digits, and compare as text when all have as many. */
const ordered = (sequence: string) => sequence.padStart(40, '0');

/** The reason in Failed. */
export function overLimitReason({ changes, perSeconds }: RecordLimit): string {
  return `it looks like a loop: more than ${changes} changes of this record within ${perSeconds} s`;
}
