import { createHash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Trigger } from '../../functions/core/entity.ts';
import { type Notification, notificationId, toMessage } from '../../functions/core/notification.ts';
import { backfill } from '../../functions/operations/backfill.ts';
import { sendBack } from '../../functions/operations/dead-letters.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { pause, resume } from '../../functions/operations/pause.ts';
import { test } from '../../functions/operations/send-test.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { Clock, type Time } from './clock.ts';
import { noFaults } from './network.ts';
import { check, type Wanted } from './promises.ts';
import { type Act, SECOND, type Story, TRIGGERS, troubles } from './story-parts.ts';
import { World } from './world.ts';
import type { Behavior, Delivery } from './world-options.ts';

const HOUR = 3600 * SECOND;

/** Internal faults end after this time, so that each story ends. Tables can be silent for longer. */
export const PEACE = 1800 * SECOND;

/** Plays a story to its end and checks the promises. @throws {assert.AssertionError} When one is broken. */
export async function play(story: Story): Promise<void> {
  const clock = new Clock();
  await inTimeOf(clock, () => playIn(clock, story));
}

/** Runs a function with `Date` of the clock and without log lines. */
export async function inTimeOf<Result>(clock: Time, act: () => Promise<Result>): Promise<Result> {
  const { log } = console;
  const { now } = Date;
  const { setTimeout } = timers;
  const { stackTraceLimit } = Error;
  console.log = () => {};
  Date.now = clock.now;
  timers.setTimeout = (async (milliseconds = 1, value: unknown = undefined) => {
    await clock.sleep(milliseconds);
    return value;
  }) as typeof setTimeout;
  syncBuiltinESMExports();
  // Thousands of requests fail.
  Error.stackTraceLimit = 0;
  try {
    return await act();
  } finally {
    console.log = log;
    Date.now = now;
    timers.setTimeout = setTimeout;
    Error.stackTraceLimit = stackTraceLimit;
    syncBuiltinESMExports();
  }
}

const rightUrl = (trigger: Trigger) => `https://receiver.example/${trigger}`;
const wrongUrl = (trigger: Trigger) => `https://receiver.example/wrong/${trigger}`;

async function playIn(clock: Clock, story: Story): Promise<void> {
  const { seed, workers, faults, recordLimit } = story;
  const start = clock.now();
  const seconds = () => (clock.now() - start) / SECOND;
  const isOn = (span: { readonly from: number; readonly seconds: number }) =>
    seconds() >= span.from && seconds() < span.from + span.seconds;
  const world: World = new World({
    clock,
    seed,
    workers,
    faults,
    recordLimit,
    receivers: { behavior: (call) => behave(story, call, world, seconds()) },
    isSilent: (table) => story.silences.some((silence) => silence.table === table && isOn(silence)),
    throttledUntil: () =>
      Math.max(0, ...story.throttles.filter(isOn).map((one) => start + (one.from + one.seconds) * SECOND)),
    losesDeletion: () => story.losses.some(isOn) && world.chance.happens(0.5),
  });
  for (const trigger of TRIGGERS) await world.triggers.writeUrl(trigger, rightUrl(trigger), start);
  for (const trigger of story.coalesced) await world.triggers.writeSetting(trigger, 'coalesce', true);
  if (story.limited) await world.triggers.writeSetting(story.limited.trigger, 'maxPerSecond', story.limited.perSecond);
  await clock.until(() => false, start + 10 * SECOND);

  const wanted: Wanted[] = [];
  const timeline = [
    ...story.changes.map((one) => ({ at: one.at, act: () => void wanted.push(change(world, one)) })),
    ...story.acts.map((one) => ({ at: one.at, act: () => void world.admin(doing(one, clock), one.cutAfter) })),
    ...story.letters.map((one, n) => ({ at: one.at, act: () => void wanted.push(...putLetters(world, one, n)) })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, act } of timeline) {
    await clock.until(() => false, Math.max(clock.now(), start + at * SECOND));
    act();
  }
  await clock.until(() => false, Math.max(clock.now(), start + PEACE));
  world.network.faults = noFaults;
  for (const trigger of TRIGGERS)
    if (world.watch.url(trigger) === wrongUrl(trigger))
      void world.admin((deps) => set(deps, trigger, rightUrl(trigger)));
  const isAtRest = await rest(clock, world);
  if (!isAtRest) world.watch.broken.unshift(`it does not come to rest: ${describe(world)}`);
  await check(story, world, wanted);
  world.stop();
}

/** An admin resumes paused triggers until nothing waits. @returns Whether that state was reached. */
async function rest(clock: Clock, world: World): Promise<boolean> {
  let pause = SECOND;
  for (let hours = 1; hours <= 100; hours++) {
    for (const trigger of TRIGGERS) void world.admin((deps) => resume(deps, trigger));
    // A story that waits for days needs no drain each minute.
    if (hours > 3) world.drainEachMs = 900 * SECOND;
    const end = clock.now() + HOUR;
    while (clock.now() < end) {
      await clock.until(() => world.isIdle, end);
      if (isAtRest(world)) {
        // A later run of drain can remove the rest, so the check waits two minutes.
        await clock.until(() => false, clock.now() + 120 * SECOND);
        if (isAtRest(world)) return true;
      }
      pause = Math.min(pause * 1.2, 600 * SECOND);
      await clock.until(() => false, Math.min(end, clock.now() + pause));
    }
  }
  return false;
}

function isAtRest(world: World): boolean {
  if (!world.isIdle || world.listed('parked').length > 0) return false;
  return TRIGGERS.every((trigger) => world.state(trigger) === 'active' || world.watch.url(trigger) === undefined);
}

function change(world: World, { trigger, account, behind }: Story['changes'][number]): Wanted {
  const [entity, verb] = trigger.split('.') as ['customer' | 'task', keyof typeof eventNames];
  const record = world.change(eventNames[verb], `a${account}`, entity, behind ? SECOND : 0);
  return {
    id: notificationId(record.eventID ?? '', trigger),
    trigger,
    formattedString: formattedStringOf(entity, account),
    sequence: BigInt(record.dynamodb?.SequenceNumber ?? '0'),
    at: world.clock.now(),
    isLetter: false,
  };
}

const eventNames = { create: 'INSERT', edit: 'MODIFY', delete: 'REMOVE' } as const;

const formattedStringOf = (entity: string, account: number) =>
  entity === 'task' ? `?AccountID=a${account}&TaskID=ta${account}` : `?AccountID=a${account}`;

/** Valid messages that an older release can have left in the dead-letter queue, and an invalid one. */
function putLetters(
  world: World,
  { trigger, account, count, unreadable }: Story['letters'][number],
  n: number,
): Wanted[] {
  const entity = trigger.split('.')[0] ?? '';
  const record = createHash('sha256').update(`letters of ${entity} ${account}`).digest('hex');
  const formattedString = formattedStringOf(entity, account);
  if (unreadable)
    world.deadLetters.send({ MessageGroupId: record, MessageDeduplicationId: `none ${n}`, MessageBody: 'unreadable' });
  return Array.from({ length: count }, (_, i) => {
    const id = notificationId(`letter ${n} ${i}`, trigger);
    const sequence = String(500 + i);
    const notification: Notification = { id, trigger, formattedString, record, sequence, changedAt: world.clock.now() };
    const MessageBody = toMessage(notification);
    world.deadLetters.send({ MessageGroupId: record, MessageDeduplicationId: id, MessageBody });
    return { id, trigger, formattedString, sequence: BigInt(sequence), at: world.clock.now(), isLetter: true };
  });
}

let backfills = 0;

/** It uses the time of the given clock. */
const sendBackBy: (deps: OperationDeps, clock: Time) => Promise<unknown> = sendBack;

function doing({ what, trigger }: Act, clock: Time): (deps: OperationDeps) => Promise<unknown> {
  const acts: Readonly<Record<Act['what'], (deps: OperationDeps) => Promise<unknown>>> = {
    pause: (deps) => pause(deps, trigger),
    resume: (deps) => resume(deps, trigger),
    clear: (deps) => clear(deps, trigger),
    set: (deps) => set(deps, trigger, rightUrl(trigger)),
    mistype: (deps) => set(deps, trigger, wrongUrl(trigger)),
    redeliver: async (deps) => redeliver(deps, await failed(deps, { trigger })),
    test: (deps) => test(deps, trigger),
    'send back': (deps) => sendBackBy(deps, clock),
    async backfill(deps) {
      if (trigger.endsWith('.delete')) return;
      const from = { trigger, run: `run ${backfills++}`, sent: 0, skipped: 0 };
      for await (const _ of backfill(deps, from, { by: 'updatedAt', pace: 50, dryRun: false }));
    },
  };
  return acts[what];
}

function behave(
  story: Story,
  call: Omit<Delivery, 'response' | 'from'>,
  world: World,
  seconds: number,
): ReturnType<Behavior> {
  const { rejected } = story;
  if (call.url === wrongUrl(call.trigger)) return { response: { status: 404, body: '' }, ms: 20 };
  const isRejected =
    rejected?.trigger === call.trigger && call.formattedString.startsWith(`?AccountID=a${rejected.account}`);
  if (isRejected && seconds < rejected.seconds) return { response: { status: 400, body: '' }, ms: 20 };
  const outage = story.outages.find(
    (o) => o.trigger === call.trigger && seconds >= o.from && seconds < o.from + o.seconds,
  );
  if (outage) return troubles[outage.trouble] as (typeof troubles)[string];
  const fails = seconds * SECOND < PEACE && world.chance.happens(story.flaky);
  return { response: { status: fails ? 500 : 200, body: '' }, ms: 20 };
}

function describe(world: World): string {
  const states = TRIGGERS.map(
    (trigger) => `${trigger} ${world.state(trigger)} ${world.watch.url(trigger) ?? 'cleared'}`,
  );
  const counts = `${world.queue.messages.length} queued, ${world.listed('parked').length} parked`;
  return `${states.join(', ')}; ${counts}, ${world.deadLetters.messages.length} dead`;
}
