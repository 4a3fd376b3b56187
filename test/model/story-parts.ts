import fc from 'fast-check';
import type { Trigger } from '../../functions/core/entity.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { RecordLimit } from '../../functions/core/record-limit.ts';
import type { Faults } from './network.ts';
import type { TableName } from './table-request.ts';

export const TRIGGERS = [
  'customer.create',
  'customer.edit',
  'customer.delete',
  'task.create',
  'task.edit',
] as const satisfies Trigger[];

export type StoryTrigger = (typeof TRIGGERS)[number];

export const SECOND = 1000;

const BLOCKED = 'leads to an address that is not public';

/** What a receiver does while it is out of order. */
export const troubles: Readonly<Record<string, { readonly response: CallResult; readonly ms: number }>> = {
  'responds with 500': { response: { status: 500, body: '' }, ms: 20 },
  'asks to wait': { response: { status: 429, retryAfter: '40', body: '' }, ms: 20 },
  hangs: { response: { status: 200, body: '' }, ms: 60 * SECOND },
  'is slow': { response: { status: 200, body: '' }, ms: 6 * SECOND },
  'is gone': { response: { status: 410, body: '' }, ms: 20 },
  'may not be called': { response: { blocked: BLOCKED }, ms: 1 },
};

/** Reasons for which something is moved to Failed only when it is too old. */
export const waitsForAnAdmin: readonly string[] = [BLOCKED, 'HTTP 410'];

/** A row that changes, by the trigger that it fires. */
interface Changed {
  readonly at: number;
  readonly trigger: StoryTrigger;
  readonly account: number;
  /** The stream's time of it is a second behind. */
  readonly behind?: boolean;
}

interface Span {
  readonly from: number;
  readonly seconds: number;
}

/** What an admin does. */
export interface Act {
  readonly at: number;
  readonly what: 'pause' | 'resume' | 'clear' | 'set' | 'mistype' | 'redeliver' | 'test' | 'backfill' | 'send back';
  readonly trigger: StoryTrigger;
  /** It is cut off after so many requests. */
  readonly cutAfter?: number | undefined;
}

/** Messages that an operator finds in the dead-letter queue; of one record, and one that nobody can read. */
interface Letters {
  readonly at: number;
  readonly trigger: StoryTrigger;
  readonly account: number;
  readonly count: number;
  readonly unreadable: boolean;
}

/** What happens in one run; seconds from its beginning. */
export interface Story {
  readonly seed: number;
  readonly workers: number;
  readonly changes: readonly Changed[];
  readonly outages: readonly (Span & { readonly trigger: StoryTrigger; readonly trouble: string })[];
  /** How often a receiver that is up fails all the same, as a probability. */
  readonly flaky: number;
  /** A row whose notifications one trigger's receiver rejects, for hours or always. */
  readonly rejected: { readonly trigger: StoryTrigger; readonly account: number; readonly seconds: number } | undefined;
  readonly acts: readonly Act[];
  readonly letters: readonly Letters[];
  /** Tables that do not respond. */
  readonly silences: readonly (Span & { readonly table: TableName })[];
  /** Lambda has no room for deliver. */
  readonly throttles: readonly Span[];
  /** Every second deletion of a message is lost. */
  readonly losses: readonly Span[];
  readonly recordLimit: RecordLimit | undefined;
  readonly faults: Faults;
}

/** What some part of a story adds to it. */
export type Scene = Partial<
  Pick<Story, 'changes' | 'outages' | 'acts' | 'letters' | 'silences' | 'losses' | 'recordLimit'>
>;

export const integer = (min: number, max: number) => fc.integer({ min, max });

/** In thousandths: most doubles between 0 and 1 are next to 0. */
export const number = (min: number, max: number) => integer(min * 1000, max * 1000).map((n) => n / 1000);

/** Often close together, for it is then that things meet. */
export const at = fc.oneof(integer(0, 400), number(0, 40));

export const trigger = fc.constantFrom(...TRIGGERS);

export const account = integer(0, 3);

export const rarely = fc.constantFrom(0, 0, 0.002, 0.015);

export const change = fc.record({ at, trigger, account, behind: fc.constantFrom(false, false, false, true) });

/** `count` changes of one row after another. */
export const series = (first: Changed, count: number, every: number): Changed[] =>
  Array.from({ length: count }, (_, i) => ({ ...first, at: first.at + i * every }));

/** One record that changes again and again: something of it is on its way whenever its trigger's state moves. */
export const burst = fc
  .record({ first: change, times: integer(2, 12), every: number(0.02, 1) })
  .map(({ first, times, every }) => series(first, times, every));

export const span = fc.record({ from: at, seconds: integer(1, 400) });

export function alone<One>(one: One): One[] {
  return [one];
}
