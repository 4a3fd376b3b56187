import * as z from 'zod/mini';
import type { Trigger } from '../core/entity.ts';
import type { Row } from './expressions.ts';
import type { Table } from './table.ts';
import { row, VERSION } from './trigger-rows.ts';

/** Times are epoch milliseconds. */
export interface WantedSlot {
  readonly now: number;
  /** The latest time that is useful. */
  readonly latest: number;
  /** The time between two calls, in milliseconds. */
  readonly spacingMs: number;
  /** The `nextSlot` that was read last. */
  readonly known?: number | undefined;
}

/** Another function can reserve a call between the read and the write. After this many times, the calls exceed any limit. */
const TRIES = 4;

/**
 * Reserves a call of a trigger that has a limit.
 *
 * @returns The time of the call. Nothing if it would be later than the latest time.
 */
export async function takeSlot(
  table: Pick<Table, 'update'>,
  trigger: Trigger,
  { now, latest, spacingMs, known = 0 }: WantedSlot,
): Promise<number | undefined> {
  const free = {
    update: 'SET #v = :v, #nextSlot = :next',
    condition: '(attribute_not_exists(#nextSlot) OR #nextSlot <= :now)',
    values: { v: VERSION, now, next: now + spacingMs },
  };
  const behindOthers = {
    update: 'SET #v = :v, #nextSlot = #nextSlot + :spacing',
    condition: '#nextSlot > :now AND #nextSlot <= :latest',
    values: { v: VERSION, now, latest, spacing: spacingMs },
  };
  let nextSlot = known;
  for (let tries = 0; tries < TRIES && nextSlot <= latest; tries++) {
    const taken = await table.update({ trigger }, nextSlot <= now ? free : behindOthers);
    if ('row' in taken) return slotOf(taken.row) - spacingMs;
    nextSlot = slotOf(taken.unmet);
  }
  return undefined;
}

const slotOf = (item: Row | undefined): number => (item && z.parse(row, item).nextSlot) ?? 0;
