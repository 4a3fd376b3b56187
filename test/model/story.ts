import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Trigger } from '../../functions/core/entity.ts';
import { notificationId } from '../../functions/core/notification.ts';
import type { Answer } from '../../functions/core/outcome.ts';
import { Clock } from './clock.ts';
import { type Faults, noFaults } from './network.ts';
import { type Behaviour, type Delivery, World } from './world.ts';

const TRIGGERS = ['customer.create', 'customer.edit', 'customer.delete'] as const satisfies Trigger[];
const actions = { create: 'INSERT', edit: 'MODIFY', delete: 'REMOVE' } as const;
type Verb = keyof typeof actions;

const SECOND = 1000;
const HOUR = 3600 * SECOND;

const BLOCKED = 'leads to an address that is not public';

/** What a destination does while it is out of order. */
const troubles: Readonly<Record<string, { readonly answer: Answer; readonly ms: number }>> = {
  'answers 500': { answer: { status: 500, body: '' }, ms: 20 },
  'asks to wait': { answer: { status: 429, retryAfter: '40', body: '' }, ms: 20 },
  hangs: { answer: { status: 200, body: '' }, ms: 60 * SECOND },
  'is slow': { answer: { status: 200, body: '' }, ms: 6 * SECOND },
  'is gone': { answer: { status: 410, body: '' }, ms: 20 },
  'may not be called': { answer: { blocked: BLOCKED }, ms: 1 },
};

/** What happens in one run; seconds from its beginning. */
export interface Story {
  readonly seed: number;
  readonly workers: number;
  readonly changes: readonly { readonly at: number; readonly verb: Verb; readonly account: number }[];
  readonly outages: readonly {
    readonly trigger: (typeof TRIGGERS)[number];
    readonly from: number;
    readonly seconds: number;
    readonly trouble: string;
  }[];
  /** How often a destination that is up fails all the same, as a probability. */
  readonly flaky: number;
  /** A row whose notifications one trigger's destination always refuses. */
  readonly refused: { readonly trigger: (typeof TRIGGERS)[number]; readonly account: number } | undefined;
  readonly pauses: readonly {
    readonly trigger: (typeof TRIGGERS)[number];
    readonly at: number;
    readonly seconds: number;
  }[];
  readonly faults: Faults;
}

/** Often close together, for it is then that things meet. */
const at = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.double({ min: 0, max: 40, noNaN: true }));
const trigger = fc.constantFrom(...TRIGGERS);
const rarely = fc.constantFrom(0, 0, 0.003, 0.02);

const change = fc.record({
  at,
  verb: fc.constantFrom<Verb>('create', 'edit', 'edit', 'delete'),
  account: fc.integer({ min: 0, max: 3 }),
});

/** One record that changes again and again: something of it is on its way whenever its trigger's state moves. */
const burst = fc
  .record({
    first: change,
    times: fc.integer({ min: 2, max: 15 }),
    every: fc.double({ min: 0.02, max: 1, noNaN: true }),
  })
  .map(({ first, times, every }) => Array.from({ length: times }, (_, i) => ({ ...first, at: first.at + i * every })));

export const stories: fc.Arbitrary<Story> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  workers: fc.integer({ min: 1, max: 4 }),
  changes: fc
    .array(
      fc.oneof(
        change.map((one) => [one]),
        change.map((one) => [one]),
        burst,
      ),
      { minLength: 1, maxLength: 30 },
    )
    .map((all) => all.flat()),
  outages: fc.array(
    fc.record({
      trigger,
      from: at,
      seconds: fc.integer({ min: 1, max: 3000 }),
      trouble: fc.constantFrom(...Object.keys(troubles)),
    }),
    { maxLength: 4 },
  ),
  flaky: fc.constantFrom(0, 0, 0.1, 0.5),
  refused: fc.option(fc.record({ trigger, account: fc.integer({ min: 0, max: 3 }) }), { nil: undefined, freq: 4 }),
  pauses: fc.array(
    fc.record({
      trigger,
      at,
      seconds: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.double({ min: 0, max: 9, noNaN: true })),
    }),
    {
      maxLength: 4,
    },
  ),
  faults: fc.record({
    crash: rarely,
    failure: rarely,
    halfAccepted: fc.constantFrom(0, 0.1, 0.5),
    slow: fc.constantFrom(0, 0.02, 0.1),
    repeat: rarely,
    skewMs: fc.constantFrom(0, 900),
  }),
});

/** From a call's arrival until its sender has the answer, at most: 10 s, and a slow way back. */
const LONGEST_ANSWER = 15 * SECOND;

/** Faults of our own end after this time, so that every story ends. */
const PEACE = 1800 * SECOND;

/** Plays a story to its end and checks the promises. @throws {assert.AssertionError} When one is broken. */
export async function play(story: Story): Promise<void> {
  const { log } = console;
  console.log = () => {};
  try {
    await playSilently(story);
  } finally {
    console.log = log;
  }
}

async function playSilently(story: Story): Promise<void> {
  const { seed, workers, faults } = story;
  const clock = new Clock();
  const start = clock.now();
  const world: World = new World({
    clock,
    seed,
    workers,
    faults,
    destinations: { behaviour: (call) => behave(story, call, world, start) },
  });
  for (const trigger of TRIGGERS) await world.triggers.writeUrl(trigger, `https://receiver.example/${trigger}`);

  const wanted: { id: string; trigger: Trigger; account: string; sequence: bigint; at: number }[] = [];
  const timeline = [
    ...story.changes.map(({ at, verb, account }) => ({
      at,
      act: () => {
        const record = world.change(actions[verb], `a${account}`);
        const trigger = `customer.${verb}` as const;
        const sequence = BigInt(record.dynamodb?.SequenceNumber ?? '0');
        const id = notificationId(record.eventID ?? '', trigger);
        wanted.push({ id, trigger, account: `a${account}`, sequence, at: world.clock.now() });
      },
    })),
    ...story.pauses.flatMap(({ trigger, at, seconds }) => [
      { at, act: () => void world.triggers.move(trigger, 'pause', { pausedBy: 'admin' }) },
      {
        at: at + seconds,
        act: () => {
          void world.triggers.move(trigger, 'resume');
          void world.drainNow();
        },
      },
    ]),
  ].sort((a, b) => a.at - b.at);
  for (const { at, act } of timeline) {
    await clock.until(() => false, start + at * SECOND);
    act();
  }
  await clock.until(() => false, start + PEACE);
  world.network.faults = noFaults;
  // An admin resumes what a destination has paused, until it stays so.
  for (let hours = 1; hours <= 100 && !world.quiet; hours++) {
    for (const trigger of TRIGGERS) await world.triggers.move(trigger, 'resume');
    await clock.until(() => world.quiet, start + PEACE + hours * HOUR);
  }

  assert.ok(world.quiet, `it comes to rest: ${describe(world)}`);
  checkNothingLost(world, wanted);
  checkOrder(world, wanted);
  checkAttempts(story, world);
  checkFailed(world);
  checkLog(world);
  assert.deepEqual(world.queue.deadLetters, [], 'no message ends as a dead letter');
  assert.equal(world.backlog.heldItems.size, 0, 'nothing is shown as waiting that does not wait');
}

function behave(
  story: Story,
  call: Omit<Delivery, 'answer' | 'from'>,
  world: World,
  start: number,
): ReturnType<Behaviour> {
  const { refused } = story;
  if (refused?.trigger === call.trigger && call.formattedString === `?AccountID=a${refused.account}`)
    return { answer: { status: 400, body: '' }, ms: 20 };
  const seconds = (world.clock.now() - start) / SECOND;
  const outage = story.outages.find(
    (o) => o.trigger === call.trigger && seconds >= o.from && seconds < o.from + o.seconds,
  );
  if (outage) return troubles[outage.trouble] as (typeof troubles)[string];
  const fails = seconds * SECOND < PEACE && world.chance.happens(story.flaky);
  return { answer: { status: fails ? 500 : 200, body: '' }, ms: 20 };
}

interface Wanted {
  readonly id: string;
  readonly trigger: Trigger;
  readonly account: string;
  readonly sequence: bigint;
}

/** Calls that the sender knows to have arrived may be fewer: an answer can be lost. What counts is what arrived. */
const arrived = (world: World) => world.deliveries.filter(({ answer }) => 'status' in answer && answer.status === 200);

function checkNothingLost(world: World, wanted: readonly Wanted[]): void {
  const delivered = new Set(arrived(world).map(({ id }) => id));
  for (const { id, trigger, sequence } of wanted)
    assert.ok(delivered.has(id) || world.backlog.failedItems.has(id), `${trigger} ${sequence} is delivered or failed`);
  const known = new Map(wanted.map((one) => [one.id, one]));
  for (const { id, trigger, formattedString, sequence } of world.deliveries) {
    const change = known.get(id);
    assert.ok(change, 'no call has an id of its own making');
    assert.deepEqual(
      [trigger, formattedString, sequence],
      [change.trigger, `?AccountID=${change.account}`, change.sequence],
    );
  }
}

/** Of each record and trigger, notifications arrive first in the order of the changes; what failed has stepped aside. */
function checkOrder(world: World, wanted: readonly Wanted[]): void {
  const firsts = new Map<string, { sequence: bigint; trigger: Trigger; record: string }>();
  for (const { id, trigger, formattedString, sequence } of arrived(world))
    if (!firsts.has(id)) firsts.set(id, { sequence, trigger, record: formattedString });
  const inOrder = [...firsts].filter(([id]) => !world.backlog.failedItems.has(id)).map(([, first]) => first);
  for (const lane of Map.groupBy(inOrder, ({ record, trigger }) => `${record} ${trigger}`).values()) assertGrows(lane);
  // Nobody was ever parked or paused, and nothing given up: then the order holds across create, edit and delete too.
  const calm = world.triggers.moves === 0 && world.backlog.failedItems.size === 0;
  if (calm) for (const lane of Map.groupBy(inOrder, ({ record }) => record).values()) assertGrows(lane);
  assert.ok(wanted.length >= inOrder.length);
}

/** Only attempts count as attempts; and when nothing of ours fails and nobody parks, all of them do. */
function checkAttempts({ faults: { crash, failure, repeat } }: Story, { deliveries, triggers }: World): void {
  const calm = crash === 0 && failure === 0 && repeat === 0 && triggers.moves === 0;
  for (const { id, attempt, begun } of deliveries) {
    assert.ok(attempt <= begun, `${id}: attempt ${attempt} was begun ${begun} times`);
    if (calm) assert.equal(attempt, begun, `${id}: attempt ${attempt} was begun ${begun} times`);
  }
}

/** What was given up had waited for three days, or its destination refused it alone, as often as it is tried. */
function checkFailed(world: World): void {
  const successes = arrived(world);
  for (const { id, trigger, attempts, reason, failedAt, changedAt } of world.backlog.failedItems.values()) {
    if (failedAt - changedAt > 72 * HOUR) continue;
    assert.ok(attempts >= 5, `${trigger} was given up after ${attempts} attempts`);
    assert.ok(![BLOCKED, 'HTTP 410'].includes(reason), `what ${reason} waits`);
    const first = world.firstBegun.get(id) ?? 0;
    // A call that came a little before may have been answered after.
    const from = first - LONGEST_ANSWER;
    const answered = successes.some((delivery) => delivery.trigger === trigger && delivery.at >= from);
    assert.ok(answered, `${trigger} was given up while its destination was down`);
  }
}

/** Every call that arrived stands in the log, unless its function died or the log did not take it; and nothing else does. */
function checkLog({ log, deliveries, unlogged, firstBegun }: World): void {
  const logged = Map.groupBy(log.entries, ({ id }) => id);
  const survived = deliveries.filter(({ from }) => from.alive && !unlogged.has(from));
  for (const [id, calls] of Map.groupBy(survived, (call) => call.id))
    assert.ok((logged.get(id)?.length ?? 0) >= calls.length, `${id}: the log lacks some of ${calls.length} calls`);
  for (const { id, attempt } of log.entries) assert.ok(firstBegun.has(id), `${id}: attempt ${attempt} was never made`);
}

function assertGrows(lane: readonly { sequence: bigint; trigger: Trigger; record: string }[]): void {
  for (const [i, { sequence, trigger, record }] of lane.entries()) {
    const before = lane[i - 1];
    assert.ok(!before || before.sequence < sequence, `${trigger}${record} ${sequence} comes after ${before?.sequence}`);
  }
}

function describe(world: World): string {
  const states = [...world.triggers.items].map(([trigger, { state }]) => `${trigger} ${state}`);
  return `${states.join(', ')}; ${world.queue.messages.length} queued, ${world.backlog.parkedItems.size} parked`;
}
