import assert from 'node:assert/strict';
import type { Trigger } from '../../functions/core/entity.ts';
import { fromMessage, type Notification } from '../../functions/core/notification.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { SECOND, type Story, waitsForAnAdmin } from './story-parts.ts';
import type { World } from './world.ts';

const HOUR = 3600 * SECOND;

/** A notification that must arrive, or be in Failed. */
export interface Wanted {
  readonly id: string;
  readonly trigger: Trigger;
  readonly formattedString: string;
  readonly sequence: bigint;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The notification started in the dead-letter queue. */
  readonly isLetter: boolean;
}

/** The maximum time from the arrival of a call until the sender has the response: 10 s and a slow network. */
const LONGEST_ANSWER = 15 * SECOND;

/** A URL that is set or cleared takes effect within this time, capture's slowest read included. */
const URL_KEPT = 15 * SECOND;

/** Checks the promises at the end. @throws {assert.AssertionError} With all broken promises. */
export async function check(story: Story, world: World, wanted: readonly Wanted[]): Promise<void> {
  const broken = [...world.watch.broken.slice(0, 1)];
  const checks = [
    () => checkDeadLetters(world, wanted),
    () => checkNothingLost(story, world, wanted),
    () => checkOrder(story, world, wanted),
    () => checkAttempts(story, world),
    () => checkFailed(world),
    () => checkLog(world),
    () => checkShown(world),
  ];
  for (const one of checks) {
    try {
      await one();
    } catch (error) {
      broken.push((error as Error).message.split('\n')[0] ?? '');
    }
  }
  if (broken.length > 0) assert.fail(broken.join('\n'));
}

/** Checks the status that admins see when nothing waits. */
async function checkShown({ triggers: triggersTable, backlog, secrets }: World): Promise<void> {
  for (const { trigger, waiting } of await list({ triggersTable, backlog, secrets }))
    assert.equal(waiting, 0, `${trigger} is shown with ${waiting} waiting, and none waits`);
}

/** The calls that arrived. The sender can know fewer, because responses can be lost. */
const arrived = (world: World) =>
  world.deliveries.filter(({ response }) => 'status' in response && response.status === 200);

const failedIds = (world: World) => new Set(world.listed('failed').map(({ id }) => id?.S ?? ''));

const deadIds = (world: World) =>
  world.deadLetters.messages.map(({ body }) => {
    const message = fromMessage(body);
    return 'id' in message ? message.id : undefined;
  });

/** The message was there from the start, or it cannot be read. */
function checkDeadLetters(world: World, wanted: readonly Wanted[]): void {
  const letters = new Set(wanted.flatMap(({ id, isLetter }) => (isLetter ? [id] : [])));
  const fresh = deadIds(world).filter((id) => id !== undefined && !letters.has(id));
  assert.equal(fresh.length, 0, `${fresh.length} valid messages ended as dead letters`);
  assert.equal(world.queue.expired.length + world.deadLetters.expired.length, 0, 'no message grows too old');
}

function checkNothingLost(story: Story, world: World, wanted: readonly Wanted[]): void {
  const delivered = new Set(arrived(world).map(({ id }) => id));
  const failed = failedIds(world);
  const dead = new Set(deadIds(world));
  const isMerged = mergedIn(story, world, wanted, (id) => delivered.has(id) || failed.has(id) || dead.has(id));
  const isKept = (id: string) => delivered.has(id) || failed.has(id) || isMerged(id);
  for (const { id, trigger, sequence, at, isLetter } of wanted) {
    if (isLetter) assert.ok(isKept(id) || dead.has(id), `the dead letter ${sequence} of ${trigger} is not lost`);
    else if (world.watch.urls(trigger, at - URL_KEPT, world.captured.get(id)).every((url) => url !== undefined))
      assert.ok(isKept(id), `${trigger} ${sequence} is delivered or failed`);
  }
  for (const { id, trigger, sequence } of world.queued.values())
    assert.ok(isKept(id) || dead.has(id), `${trigger} ${sequence} was queued, and is delivered or failed`);
  checkCalls(world, wanted);
}

/**
 * Returns whether a notification was merged into one that is kept. The log says so, except if a function died or the log
 * did not accept it: then a later notification of the record must be kept.
 */
function mergedIn({ coalesced }: Story, world: World, wanted: readonly Wanted[], isKept: (id: string) => boolean) {
  const changes = new Map<string, Notification | Wanted>(world.queued);
  for (const one of wanted) changes.set(one.id, one);
  const lanes = Map.groupBy(changes.values(), laneOf);
  const isLogComplete = world.unlogged.size === 0 && world.watch.deaths === 0;
  const into = new Map<string, string>();
  for (const { id, outcome, response } of world.logged)
    if (outcome === 'merged') into.set(id, response.replace('merged into ', ''));
  const isMerged = (id: string): boolean => {
    const change = changes.get(id);
    if (!change || !coalesced.some((trigger) => trigger === change.trigger)) return false;
    const target = into.get(id);
    if (target !== undefined) return isKept(target) || isMerged(target);
    const later = lanes.get(laneOf(change)) ?? [];
    return !isLogComplete && later.some((one) => BigInt(one.sequence) > BigInt(change.sequence) && isKept(one.id));
  };
  return isMerged;
}

const laneOf = ({ trigger, formattedString }: Pick<Wanted, 'trigger' | 'formattedString'>) =>
  `${trigger}${formattedString}`;

/** Each call belongs to a change, a test call or a backfilled row. */
function checkCalls(world: World, wanted: readonly Wanted[]): void {
  const known = new Map(wanted.map((one) => [one.id, one]));
  for (const { id, trigger, formattedString, sequence } of world.deliveries) {
    const change = known.get(id) ?? queuedAs(world, id);
    if (!change && formattedString.startsWith('?AccountID=test-')) continue;
    assert.ok(change, 'no call has an id of its own making');
    assert.deepEqual(
      [trigger, formattedString, sequence],
      [change.trigger, change.formattedString, BigInt(change.sequence)],
    );
  }
}

/** A backfilled row has no change. */
function queuedAs({ queued }: World, id: string) {
  const message = queued.get(id);
  return message?.sequence === '0' ? message : undefined;
}

/** The first calls of each record and trigger arrive in the order of the changes, except for notifications in Failed. */
function checkOrder(story: Story, world: World, wanted: readonly Wanted[]): void {
  const known = new Map(wanted.filter(({ isLetter }) => !isLetter).map((one) => [one.id, one]));
  const firsts = new Map<string, Wanted>();
  for (const { id } of arrived(world)) {
    const change = known.get(id);
    if (change && !firsts.has(id)) firsts.set(id, change);
  }
  const { everFailed, moves } = world.watch;
  const inOrder = [...firsts.values()].filter(({ id }) => !everFailed.has(id));
  for (const lane of Map.groupBy(inOrder, (one) => `${one.formattedString} ${one.trigger}`).values()) assertGrows(lane);
  // Without parking, pauses and moves to Failed, the order also holds across create, edit and delete.
  const isCalm = moves === 0 && everFailed.size === 0 && story.acts.length === 0;
  if (!isCalm) return;
  for (const lane of Map.groupBy(inOrder, ({ formattedString }) => formattedString).values()) assertGrows(lane);
}

function assertGrows(lane: readonly Wanted[]): void {
  for (const [i, { sequence, trigger, formattedString }] of lane.entries()) {
    const before = lane[i - 1];
    const words = `${trigger}${formattedString} ${sequence} comes after ${before?.sequence}`;
    assert.ok(!before || before.sequence < sequence, words);
  }
}

/** The attempt numbers count only attempts that were made, and all of them if no internal fault or parking occurs. */
function checkAttempts(story: Story, { deliveries, watch }: World): void {
  const { crash, failure, repeat, throttled, resent, late } = story.faults;
  const faults = crash + failure + repeat + (throttled ?? 0) + (resent ?? 0) + (late ?? 0);
  const happened = story.acts.length + story.silences.length + story.throttles.length + story.losses.length;
  const isCalm = faults === 0 && happened === 0 && watch.moves === 0;
  for (const { id, trigger, attempt, begun, ofRecord } of deliveries) {
    // A merged notification leaves its attempts to the one that is called.
    const isCoalesced = story.coalesced.some((one) => one === trigger);
    assert.ok(attempt <= (isCoalesced ? ofRecord : begun), `${id}: attempt ${attempt} was begun ${begun} times`);
    if (isCalm && !isCoalesced) assert.equal(attempt, begun, `${id}: attempt ${attempt} was begun ${begun} times`);
  }
}

/** Notifications in Failed waited for three days, or their receiver rejected only them in all attempts. */
function checkFailed(world: World): void {
  const successes = arrived(world);
  for (const item of world.listed('failed')) {
    const id = item.id?.S ?? '';
    const trigger = item.list?.S?.split('#')[0] as Trigger;
    const reason = item.reason?.S ?? '';
    const attempts = Number(item.attempts?.N);
    const message = fromMessage(item.message?.S ?? '');
    const oldestAt = ('id' in message && message.oldestAt) || Number(item.changedAt?.N);
    if (Number(item.failedAt?.N) - oldestAt > 72 * HOUR) continue;
    if (/URL|loop|limit/.test(reason) || world.queued.get(id)?.redelivered !== undefined) continue;
    assert.ok(attempts >= 5, `${trigger} was moved to Failed after ${attempts} attempts: ${reason}`);
    assert.ok(!waitsForAnAdmin.includes(reason), `what ${reason} waits`);
    const first = 'id' in message && message.coalesced ? oldestAt : (world.firstBegun.get(id) ?? 0);
    // A call that arrived shortly before can have been responded later.
    const from = first - LONGEST_ANSWER;
    const responded = successes.some((delivery) => delivery.trigger === trigger && delivery.at >= from);
    assert.ok(responded, `${trigger} was moved to Failed while its receiver was down`);
  }
}

/** The log contains exactly the calls that arrived, except if the function died or the write to the log failed. */
function checkLog({ logged, deliveries, unlogged, firstBegun }: World): void {
  const entries = Map.groupBy(logged, ({ id }) => id);
  const survived = deliveries.filter(({ from }) => from.settled && !from.died && !unlogged.has(from));
  for (const [id, calls] of Map.groupBy(survived, (call) => call.id))
    assert.ok((entries.get(id)?.length ?? 0) >= calls.length, `${id}: the log lacks some of ${calls.length} calls`);
  for (const { id, attempt, outcome } of logged)
    assert.ok(firstBegun.has(id) || outcome === 'merged', `${id}: attempt ${attempt} was never made`);
}
