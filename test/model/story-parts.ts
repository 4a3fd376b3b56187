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

/** The behavior of a receiver during an outage. */
export const troubles: Readonly<Record<string, { readonly response: CallResult; readonly ms: number }>> = {
  'responds with 500': { response: { status: 500, body: '' }, ms: 20 },
  'asks to wait': { response: { status: 429, retryAfter: '40', body: '' }, ms: 20 },
  hangs: { response: { status: 200, body: '' }, ms: 60 * SECOND },
  'is slow': { response: { status: 200, body: '' }, ms: 6 * SECOND },
  'is gone': { response: { status: 410, body: '' }, ms: 20 },
  'may not be called': { response: { blocked: BLOCKED }, ms: 1 },
};

/** The reasons for which a notification moves to Failed only because of its age. */
export const waitsForAnAdmin: readonly string[] = [BLOCKED, 'HTTP 410'];

/** A change of a row, named by its trigger. */
interface Changed {
  readonly at: number;
  readonly trigger: StoryTrigger;
  readonly account: number;
  /** The stream's time of the change is a second behind. */
  readonly behind?: boolean;
}

interface Span {
  readonly from: number;
  readonly seconds: number;
}

/** An action of an admin. */
export interface Act {
  readonly at: number;
  readonly what: 'pause' | 'resume' | 'clear' | 'set' | 'mistype' | 'redeliver' | 'test' | 'backfill' | 'send back';
  readonly trigger: StoryTrigger;
  /** It is interrupted after this number of requests. */
  readonly cutAfter?: number | undefined;
}

/** Messages in the dead-letter queue: of one record, and one that cannot be read. */
interface Letters {
  readonly at: number;
  readonly trigger: StoryTrigger;
  readonly account: number;
  readonly count: number;
  readonly unreadable: boolean;
}

/** The events of one run. Times are seconds since its start. */
export interface Story {
  readonly seed: number;
  readonly workers: number;
  readonly changes: readonly Changed[];
  readonly outages: readonly (Span & { readonly trigger: StoryTrigger; readonly trouble: string })[];
  /** The probability that a working receiver fails. */
  readonly flaky: number;
  /** A row whose notifications are rejected by the receiver of one trigger, for hours or always. */
  readonly rejected: { readonly trigger: StoryTrigger; readonly account: number; readonly seconds: number } | undefined;
  readonly acts: readonly Act[];
  readonly letters: readonly Letters[];
  /** Tables that do not respond. */
  readonly silences: readonly (Span & { readonly table: TableName })[];
  /** Lambda has no capacity for deliver. */
  readonly throttles: readonly Span[];
  /** Each second deletion of a message is lost. */
  readonly losses: readonly Span[];
  readonly recordLimit: RecordLimit | undefined;
  /** Triggers whose pending edits are merged. */
  readonly coalesced: readonly StoryTrigger[];
  /** A limit of calls a second. */
  readonly limited: { readonly trigger: StoryTrigger; readonly perSecond: number } | undefined;
  readonly faults: Faults;
}

/** The part of a story that a scene adds. */
export type Scene = Partial<
  Pick<Story, 'changes' | 'outages' | 'acts' | 'letters' | 'silences' | 'losses' | 'recordLimit'>
>;

export const integer = (min: number, max: number) => fc.integer({ min, max });

/** In thousandths: most doubles between 0 and 1 are next to 0. */
export const number = (min: number, max: number) => integer(min * 1000, max * 1000).map((n) => n / 1000);

/** Often close together, so that events overlap. */
export const at = fc.oneof(integer(0, 400), number(0, 40));

export const trigger = fc.constantFrom(...TRIGGERS);

export const account = integer(0, 3);

export const rarely = fc.constantFrom(0, 0, 0.002, 0.015);

export const change = fc.record({ at, trigger, account, behind: fc.constantFrom(false, false, false, true) });

/** `count` changes of one row after another. */
export const series = (first: Changed, count: number, every: number): Changed[] =>
  Array.from({ length: count }, (_, i) => ({ ...first, at: first.at + i * every }));

/** One record with many changes, so that a notification is in flight at each move of its trigger's state. */
export const burst = fc
  .record({ first: change, times: integer(2, 12), every: number(0.02, 1) })
  .map(({ first, times, every }) => series(first, times, every));

export const span = fc.record({ from: at, seconds: integer(1, 400) });

export function alone<One>(one: One): One[] {
  return [one];
}
