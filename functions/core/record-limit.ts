import * as z from 'zod/mini';
import type { Notification } from './notification.ts';

/** The number of changes of one record that are sent within one window. More changes look like a loop. */
export const recordLimit = z.object({ changes: z.number(), perSeconds: z.number() });

export type RecordLimit = Readonly<z.output<typeof recordLimit>>;

/**
 * The start of a change's window, in epoch seconds. It depends on the time of the change, so a repeat has the same
 * window.
 */
export function windowOf({ changedAt }: Pick<Notification, 'changedAt'>, { perSeconds }: RecordLimit): number {
  return Math.floor(changedAt / 1000 / perSeconds) * perSeconds;
}

/**
 * Returns whether a change is over the limit: its record has at least `changes` lower sequences in the window. A repeat
 * gets the same result, because later changes have higher sequences.
 *
 * @param counted The sequences of all changes of the record that were counted in this window.
 */
export function isOverLimit(sequence: string, counted: readonly string[], { changes }: RecordLimit): boolean {
  return counted.filter((other) => padded(other) < padded(sequence)).length >= changes;
}

/** Sequences have up to 40 digits. Padded to one length, they compare as text. */
const padded = (sequence: string) => sequence.padStart(40, '0');

/** The reason that Failed shows. */
export function overLimitReason({ changes, perSeconds }: RecordLimit): string {
  return `it looks like a loop: more than ${changes} changes of this record within ${perSeconds} s`;
}
