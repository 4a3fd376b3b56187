import fc from 'fast-check';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { RecordLimit } from '../../functions/core/record-limit.ts';
import type { Faults } from './network.ts';
import type { TableName } from './world.ts';

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
type Scene = Partial<Pick<Story, 'changes' | 'outages' | 'acts' | 'letters' | 'silences' | 'losses' | 'recordLimit'>>;

const integer = (min: number, max: number) => fc.integer({ min, max });
/** In thousandths: most doubles between 0 and 1 are next to 0. */
const number = (min: number, max: number) => integer(min * 1000, max * 1000).map((n) => n / 1000);

/** Often close together, for it is then that things meet. */
const at = fc.oneof(integer(0, 400), number(0, 40));
const trigger = fc.constantFrom(...TRIGGERS);
const account = integer(0, 3);
const rarely = fc.constantFrom(0, 0, 0.002, 0.015);

const change = fc.record({ at, trigger, account, behind: fc.constantFrom(false, false, false, true) });

/** `count` changes of one row after another. */
const series = (first: Changed, count: number, every: number): Changed[] =>
  Array.from({ length: count }, (_, i) => ({ ...first, at: first.at + i * every }));

/** One record that changes again and again: something of it is on its way whenever its trigger's state moves. */
const burst = fc
  .record({ first: change, times: integer(2, 12), every: number(0.02, 1) })
  .map(({ first, times, every }) => series(first, times, every));

const outage = fc.record({
  trigger,
  from: at,
  seconds: integer(1, 3000),
  trouble: fc.constantFrom(...Object.keys(troubles)),
});

const pause = fc
  .record({ trigger, at, seconds: fc.oneof(integer(1, 600), number(0, 9)) })
  .map(({ trigger, at, seconds }): Act[] => [
    { what: 'pause', trigger, at },
    { what: 'resume', trigger, at: at + seconds },
  ]);

const act = fc.record({
  what: fc.constantFrom<Act['what']>('clear', 'set', 'set', 'mistype', 'redeliver', 'redeliver', 'test', 'backfill'),
  trigger,
  at,
  cutAfter: fc.option(integer(1, 60), { nil: undefined, freq: 2 }),
});

/** Much of one record fails at once, for it is taken for a loop; somebody sends it again, and once more. */
const redelivery: fc.Arbitrary<Scene> = fc
  .record({
    at: number(0, 100),
    trigger,
    account,
    count: integer(3, 25),
    changes: integer(1, 3),
    clearAfter: fc.option(number(1, 20), { nil: undefined, freq: 1 }),
    setAfter: fc.option(number(1, 60), { nil: undefined, freq: 1 }),
    after: number(4, 40),
    again: number(0, 3),
    cutAfter: fc.option(integer(3, 40), { nil: undefined, freq: 1 }),
    trouble: fc.constantFrom('responds with 500', 'asks to wait'),
    lasts: fc.option(integer(1, 90), { nil: undefined, freq: 2 }),
  })
  .map(({ at, trigger, account, count, changes, clearAfter, setAfter, after, again, cutAfter, trouble, lasts }) => ({
    changes: series({ at, trigger, account }, count, 0.05),
    recordLimit: { changes, perSeconds: 600 },
    outages: lasts === undefined ? [] : [{ trigger, from: at + after - 1, seconds: lasts, trouble }],
    acts: [
      ...(clearAfter === undefined ? [] : [{ what: 'clear' as const, trigger, at: at + clearAfter }]),
      { what: 'redeliver', trigger, at: at + after, cutAfter },
      { what: 'redeliver', trigger, at: at + after + again },
      ...(setAfter === undefined ? [] : [{ what: 'set' as const, trigger, at: at + after + setAfter }]),
    ],
  }));

/** A message whose deletion was lost returns when its trigger, which was down, is tried again. */
const echo: fc.Arbitrary<Scene> = fc
  .record({
    at: number(0, 60),
    trigger,
    account,
    other: account,
    trouble: fc.constantFrom('may not be called', 'may not be called', 'responds with 500'),
    count: integer(2, 3),
    probedAfter: number(363.3, 365.3),
    up: number(0, 20),
  })
  .map(({ at, trigger, account, other, trouble, count, probedAfter, up }) => ({
    changes: [
      ...series({ at, trigger, account: other }, trouble === 'responds with 500' ? 12 : 1, 0.1),
      ...series({ at: at + 3, trigger, account }, count, 0.05),
    ],
    outages: [{ trigger, from: at, seconds: probedAfter - up, trouble }],
    losses: [{ from: at + 2, seconds: 6 }],
    acts: [{ what: 'set' as const, trigger, at: at + probedAfter }],
  }));

/** Two triggers wait and go on at once. */
const together: fc.Arbitrary<Scene> = fc
  .record({
    at: number(0, 60),
    trigger,
    other: trigger,
    count: integer(4, 30),
    seconds: number(5, 200),
    apart: number(0, 2),
    trouble: fc.constantFrom(undefined, 'responds with 500', 'is slow'),
  })
  .map(({ at, trigger, other, count, seconds, apart, trouble }) => ({
    changes: [trigger, other].flatMap((trigger) =>
      Array.from({ length: count }, (_, i) => ({ at: at + 1 + i * 0.02, trigger, account: i % 4 })),
    ),
    outages: trouble ? [{ trigger, from: at, seconds: seconds + 30, trouble }] : [],
    acts: [
      { what: 'pause', trigger, at },
      { what: 'pause', trigger: other, at },
      { what: 'resume', trigger, at: at + seconds },
      { what: 'resume', trigger: other, at: at + seconds + apart },
    ],
  }));

const silence = fc.record({
  table: fc.constantFrom<TableName>('secrets', 'triggers', 'backlog', 'log'),
  from: at,
  seconds: integer(1, 300),
});

/** A table is silent for so long that somebody has to act. */
const longSilence: fc.Arbitrary<Scene> = fc
  .record({
    table: fc.constantFrom<TableName>('secrets', 'secrets', 'triggers', 'backlog'),
    from: number(0, 60),
    seconds: fc.oneof(integer(1_500, 5_000), integer(5_000, 8_000)),
    change,
  })
  .map(({ change, ...silence }) => ({ silences: [silence], changes: [{ ...change, at: silence.from + 10 }] }));

/** More waits of few records than drain reads at once. */
const longBacklog: fc.Arbitrary<Scene> = fc
  .record({ at: number(0, 20), trigger, records: integer(1, 3), count: integer(505, 560), seconds: number(30, 90) })
  .map(({ at, trigger, records, count, seconds }) => ({
    changes: Array.from({ length: count }, (_, i) => ({ at: at + 1 + i * 0.01, trigger, account: i % records })),
    acts: [
      { what: 'pause', trigger, at },
      { what: 'resume', trigger, at: at + seconds },
    ],
  }));

/** More rows change at once than drain reads at once, while their receiver is down. */
const flood: fc.Arbitrary<Scene> = fc
  .record({ at: number(0, 20), trigger, rows: integer(20, 200), count: integer(501, 540), seconds: number(20, 60) })
  .map(({ at, trigger, rows, count, seconds }) => ({
    changes: Array.from({ length: count }, (_, i) => ({ at: at + 1 + i * 0.002, trigger, account: 10 + (i % rows) })),
    outages: [{ trigger, from: at, seconds, trouble: 'responds with 500' }],
  }));

/** All rows are sent once more while they change. */
const backfilled: fc.Arbitrary<Scene> = fc
  .record({
    entity: fc.constantFrom<Entity & ('customer' | 'task')>('customer', 'task'),
    at: number(0, 60),
    verb: fc.constantFrom('create', 'edit'),
    cutAfter: fc.option(integer(1, 8), { nil: undefined, freq: 1 }),
  })
  .map(({ entity, at, verb, cutAfter }) => {
    const trigger = `${entity}.${verb}` as StoryTrigger;
    return {
      changes: [0, 1, 2, 3].flatMap((account) => series({ at, trigger, account }, 4, 0.7)),
      acts: [{ what: 'backfill', trigger, at: at + 1, cutAfter }],
    };
  });

/** Dead letters are found, and sent back. */
const letters: fc.Arbitrary<Scene> = fc
  .record({
    at: number(0, 60),
    trigger,
    account,
    count: integer(1, 25),
    unreadable: fc.boolean(),
    after: number(1, 20),
    cutAfter: fc.option(integer(1, 40), { nil: undefined, freq: 1 }),
  })
  .map(({ after, cutAfter, ...letters }) => ({
    letters: [letters],
    acts: [
      { what: 'send back', trigger: letters.trigger, at: letters.at + after, cutAfter },
      { what: 'send back', trigger: letters.trigger, at: letters.at + after + 60 },
    ],
  }));

const scene: fc.Arbitrary<Scene> = fc.oneof(
  { weight: 20, arbitrary: redelivery },
  { weight: 16, arbitrary: echo },
  { weight: 16, arbitrary: together },
  { weight: 3, arbitrary: longSilence },
  { weight: 1, arbitrary: longBacklog },
  { weight: 1, arbitrary: flood },
  { weight: 8, arbitrary: backfilled },
  { weight: 8, arbitrary: letters },
);

const faults: fc.Arbitrary<Faults> = fc.record({
  crash: rarely,
  failure: rarely,
  halfAccepted: fc.constantFrom(0, 0.1, 0.5),
  slow: fc.constantFrom(0, 0.02, 0.1),
  repeat: rarely,
  skewMs: fc.constantFrom(0, 900),
  throttled: rarely,
  unprocessed: fc.constantFrom(0, 0, 0.1),
  resent: rarely,
  late: fc.constantFrom(0, 0, 0, 0.1),
});

/** A receiver that rejects all there is keeps its trigger parked: to play that for days takes time. */
const REJECTED_SECONDS = [1_000, 1_500, 2_000, 3_000, 3_000, 6_000, 1e9];

const span = fc.record({ from: at, seconds: integer(1, 400) });

export const stories: fc.Arbitrary<Story> = fc
  .record({
    seed: integer(0, 2 ** 31),
    workers: integer(1, 4),
    changes: fc.array(fc.oneof(change.map(alone), change.map(alone), burst), { minLength: 1, maxLength: 12 }),
    outages: fc.array(outage, { maxLength: 3 }),
    flaky: fc.constantFrom(0, 0, 0.1, 0.5),
    rejected: fc.option(fc.record({ trigger, account, seconds: fc.constantFrom(...REJECTED_SECONDS) }), {
      nil: undefined,
      freq: 2,
    }),
    pauses: fc.array(pause, { maxLength: 2 }),
    acts: fc.oneof(fc.constant([]), fc.array(act, { maxLength: 4 })),
    silences: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(silence, { maxLength: 2 })),
    throttles: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(span, { maxLength: 1 })),
    scenes: fc.oneof({ weight: 3, arbitrary: scene.map(alone) }, fc.array(scene, { maxLength: 2 })),
    faults,
  })
  .map(({ scenes, changes, pauses, acts, ...rest }) => {
    return {
      ...rest,
      changes: [...changes.flat(), ...scenes.flatMap((scene) => scene.changes ?? [])],
      outages: [...rest.outages, ...scenes.flatMap((scene) => scene.outages ?? [])],
      acts: [...pauses.flat(), ...acts, ...scenes.flatMap((scene) => scene.acts ?? [])],
      letters: scenes.flatMap((scene) => scene.letters ?? []),
      silences: [...rest.silences, ...scenes.flatMap((scene) => scene.silences ?? [])],
      losses: scenes.flatMap((scene) => scene.losses ?? []),
      recordLimit: scenes.find(({ recordLimit }) => recordLimit)?.recordLimit,
    };
  });

function alone<One>(one: One): One[] {
  return [one];
}
