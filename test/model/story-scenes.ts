import fc from 'fast-check';
import type { Entity } from '../../functions/core/entity.ts';
import {
  type Act,
  account,
  at,
  change,
  integer,
  number,
  type Scene,
  type StoryTrigger,
  series,
  trigger,
  troubles,
} from './story-parts.ts';
import type { TableName } from './table-request.ts';

export const outage = fc.record({
  trigger,
  from: at,
  seconds: integer(1, 3000),
  trouble: fc.constantFrom(...Object.keys(troubles)),
});

export const pause = fc
  .record({ trigger, at, seconds: fc.oneof(integer(1, 600), number(0, 9)) })
  .map(({ trigger, at, seconds }): Act[] => [
    { what: 'pause', trigger, at },
    { what: 'resume', trigger, at: at + seconds },
  ]);

export const act = fc.record({
  what: fc.constantFrom<Act['what']>('clear', 'set', 'set', 'mistype', 'redeliver', 'redeliver', 'test', 'backfill'),
  trigger,
  at,
  cutAfter: fc.option(integer(1, 60), { nil: undefined, freq: 2 }),
});

/** Many changes of one record are over the record limit. They are redelivered twice. */
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

/** A message whose deletion was lost returns when its parked trigger is probed. */
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

/** Two triggers are parked and drained at the same time. */
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

export const silence = fc.record({
  table: fc.constantFrom<TableName>('secrets', 'triggers', 'backlog', 'log'),
  from: at,
  seconds: integer(1, 300),
});

/** A table does not respond for so long that an admin must act. */
const longSilence: fc.Arbitrary<Scene> = fc
  .record({
    table: fc.constantFrom<TableName>('secrets', 'secrets', 'triggers', 'backlog'),
    from: number(0, 60),
    seconds: fc.oneof(integer(1_500, 5_000), integer(5_000, 8_000)),
    change,
  })
  .map(({ change, ...silence }) => ({ silences: [silence], changes: [{ ...change, at: silence.from + 10 }] }));

/** A backlog of few records that is longer than a page. */
const longBacklog: fc.Arbitrary<Scene> = fc
  .record({ at: number(0, 20), trigger, records: integer(1, 3), count: integer(505, 560), seconds: number(30, 90) })
  .map(({ at, trigger, records, count, seconds }) => ({
    changes: Array.from({ length: count }, (_, i) => ({ at: at + 1 + i * 0.01, trigger, account: i % records })),
    acts: [
      { what: 'pause', trigger, at },
      { what: 'resume', trigger, at: at + seconds },
    ],
  }));

/** More rows change than one page of drain holds, while their receiver is down. */
const flood: fc.Arbitrary<Scene> = fc
  .record({ at: number(0, 20), trigger, rows: integer(20, 200), count: integer(501, 540), seconds: number(20, 60) })
  .map(({ at, trigger, rows, count, seconds }) => ({
    changes: Array.from({ length: count }, (_, i) => ({ at: at + 1 + i * 0.002, trigger, account: 10 + (i % rows) })),
    outages: [{ trigger, from: at, seconds, trouble: 'responds with 500' }],
  }));

/** A backfill of all rows while they change. */
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

/** Dead letters are listed and sent back. */
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

export const scene: fc.Arbitrary<Scene> = fc.oneof(
  { weight: 20, arbitrary: redelivery },
  { weight: 16, arbitrary: echo },
  { weight: 16, arbitrary: together },
  { weight: 3, arbitrary: longSilence },
  { weight: 1, arbitrary: longBacklog },
  { weight: 1, arbitrary: flood },
  { weight: 8, arbitrary: backfilled },
  { weight: 8, arbitrary: letters },
);
