import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { FAILURES_TO_PARK } from '../../functions/core/breaker.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { type Notification, toMessage } from '../../functions/core/notification.ts';
import { realTime } from '../model/clock.ts';
import { noFaults } from '../model/network.ts';
import { World } from '../model/world.ts';
import { until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';
import { stretch } from '../support/stretch.ts';

// Two tests, each in a process of its own by isolation.test.ts: the test runner follows every promise, and a world makes millions.

console.log = () => {};

const say = (line: string) => process.stdout.write(`${line}\n`);

const HEALTHY = 'customer.edit';
const NEIGHBOUR = 'task.edit';
const PER_SECOND = 100;
const SECONDS = 20;
/** Deliver functions at once: the default of the setting `deliverConcurrency`. */
const WORKERS = 100;
const ATTEMPT_SECONDS = 10;
/** Functions that wait for a receiver see within this time that somebody else has parked it. */
const FREED_MS = 1_500;

/**
 * The real deliver and drain in real time, with real calls. The queue, the pollers of its mapping and the tables are the
 * models in test/model/; a request to them takes 2 to 30 ms.
 */
function realWorld() {
  const call = makeCall({ connectTimeoutSeconds: 3, attemptTimeoutSeconds: ATTEMPT_SECONDS, rules: loopbackRules });
  const world = new World({ clock: realTime, seed: 7, faults: noFaults, workers: WORKERS, receivers: { call } });
  const came = new Map<string, number>();
  return {
    world,
    async type(trigger: Trigger, url: string) {
      await world.triggers.writeUrl(trigger, url, Date.now());
    },
    state: (trigger: Trigger) => world.state(trigger),
    send(one: Notification) {
      came.set(one.id, Date.now());
      world.queue.send({ MessageGroupId: one.record, MessageDeduplicationId: one.id, MessageBody: toMessage(one) });
    },
    /** How long the calls waited that came from a time on: the 99th percentile, milliseconds. */
    p99(calls: readonly Call[], from: number) {
      const waits = calls.flatMap(({ headers, at }) => {
        const since = came.get(headers['webhook-id'] as string) ?? 0;
        return since >= from ? [at - since] : [];
      });
      return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? Number.NaN;
    },
  };
}

/** A notification of the nth of some records. */
const of = (trigger: Trigger, n: number, records: number) =>
  notification({
    trigger,
    record: `${n % records}${trigger}`.replace(/[^\da-f]/g, '').padStart(64, '0'),
    sequence: String(n),
    changedAt: Date.now(),
    formattedString: `?AccountID=${n % records}`,
  });

/**
 * Asserts that each healthy notification arrived, and once. Only where a machine is so busy that responses take 5 s, the healthy
 * trigger is parked too: that cuts off its calls, and drain repeats them.
 */
async function assertArrived(world: World, calls: readonly Call[], sent: number) {
  assert.equal(idsOf(calls).size, sent);
  const { parkedBecause } = (await world.triggers.read([HEALTHY])).get(HEALTHY) ?? {};
  if (parkedBecause === undefined) assert.equal(calls.length, sent, 'each arrives once');
  else say(`the healthy trigger was parked: ${parkedBecause}; ${calls.length - sent} repeats`);
}

const idsOf = (calls: readonly Call[]) => new Set(calls.map(({ headers }) => headers['webhook-id']));

/** Does something so many times a second, for as long as `goesOn` says. */
async function steadily(perSecond: number, goesOn: (n: number) => boolean, act: (n: number) => void) {
  const start = performance.now();
  for (let n = 0; goesOn(n); n++) {
    await sleep(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
    act(n);
  }
}

/**
 * The same healthy traffic at the same time, in a world with nobody beside it: what this machine is busy with delays both.
 *
 * @returns What ends it, and says how long its calls waited that came from a time on.
 */
async function alone() {
  const server = await receiver();
  const { world, type, send, p99 } = realWorld();
  await type(HEALTHY, server.origin);
  let over = false;
  let sent = 0;
  const traffic = steadily(
    PER_SECOND,
    () => !over,
    (n) => {
      sent++;
      send(of(HEALTHY, n, 1e6));
    },
  );
  return async () => {
    over = true;
    await traffic;
    await until('all arrive', () => idsOf(server.calls).size >= sent);
    world.stop();
    await server[Symbol.asyncDispose]();
    await assertArrived(world, server.calls, sent);
    return (from: number) => p99(server.calls, from);
  };
}

/** A neighbor that hangs is parked within 15 s, and then delays nobody. */
async function hanging() {
  await using healthy = await receiver();
  await using silent = await receiver(() => {});
  const { world, type, send, state, p99 } = realWorld();
  await type(HEALTHY, healthy.origin);
  await type(NEIGHBOUR, silent.origin);
  const endAlone = await alone();
  const stretched = stretch();
  const start = Date.now();
  let opened = Number.POSITIVE_INFINITY;
  await steadily(
    PER_SECOND,
    (n) => n < SECONDS * PER_SECOND,
    (n) => {
      send(of(HEALTHY, n, 1e6));
      send(of(NEIGHBOUR, n, 1e6));
      if (state(NEIGHBOUR) === 'parked') opened = Math.min(opened, Date.now());
    },
  );
  await until('all arrive', () => idsOf(healthy.calls).size >= SECONDS * PER_SECOND);
  const factor = stretched();
  const p99Alone = (await endAlone())(opened + FREED_MS);
  world.stop();
  const beside = p99(healthy.calls, opened + FREED_MS);
  say(
    `opened after ${opened - start} ms; healthy p99 alone ${p99Alone} ms, beside it ${beside} ms; work took ${factor.toFixed(2)} times as long as on an idle machine`,
  );
  say(`from the very moment of opening ${p99(healthy.calls, opened)} ms, over all ${p99(healthy.calls, 0)} ms`);
  await assertArrived(world, healthy.calls, SECONDS * PER_SECOND);
  // The attempts hang for as long as they may, on any machine; the rest is work.
  const waited = ATTEMPT_SECONDS * 1000;
  assert.ok(waited + (opened - start - waited) / factor <= 15_000, `opened after ${opened - start} ms`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside it, ${p99Alone} ms alone`);
}

/** 5,000 that wait for a dead receiver delay nobody, and arrive in order at 300/s or more when it is back. */
async function dead() {
  const WAITING = 5_000;
  const RECORDS = 400;
  let isDead = true;
  await using healthy = await receiver();
  await using neighbor = await receiver((_, response, socket) => {
    if (isDead) socket.resetAndDestroy();
    else response.end();
  });
  const { world, type, send, state, p99 } = realWorld();
  await type(HEALTHY, healthy.origin);
  await type(NEIGHBOUR, neighbor.origin);
  const endAlone = await alone();
  let over = false;
  let sent = 0;
  const healthyTraffic = steadily(
    PER_SECOND,
    () => !over,
    (n) => {
      sent++;
      send(of(HEALTHY, n, 1e6));
    },
  );
  let opened = Number.POSITIVE_INFINITY;
  await steadily(
    250,
    (n) => n < WAITING,
    (n) => {
      send(of(NEIGHBOUR, n, RECORDS));
      if (state(NEIGHBOUR) === 'parked') opened = Math.min(opened, Date.now());
    },
  );
  const isParked = async () => (await world.backlog.count(NEIGHBOUR, 'parked')) >= WAITING;
  await until('all wait', isParked, 240_000, 500);
  const before = neighbor.calls.length;
  const stretched = stretch();
  isDead = false;
  // A URL that is set again is probed at once; the next probe of a dead receiver can be minutes away.
  await type(NEIGHBOUR, neighbor.origin);
  await until(
    'the neighbor is active',
    async () => {
      await world.drainNow();
      return state(NEIGHBOUR) === 'active';
    },
    240_000,
    500,
  );
  const factor = stretched();
  over = true;
  await healthyTraffic;
  await until('all arrive', () => idsOf(healthy.calls).size >= sent);
  const p99Alone = (await endAlone())(opened + FREED_MS);
  world.stop();

  const arrived = neighbor.calls.slice(before);
  const [first, last] = [arrived[0]?.at ?? 0, arrived.at(-1)?.at ?? 0];
  const perSecond = WAITING / ((last - first) / 1000);
  const beside = p99(healthy.calls, opened + FREED_MS);
  say(
    `healthy p99 alone ${p99Alone} ms, beside it ${beside} ms; ${perSecond.toFixed(0)} a second when it is back, where work took ${factor.toFixed(2)} times as long as on an idle machine`,
  );
  await assertArrived(world, healthy.calls, sent);
  assert.ok(before < 20 * FAILURES_TO_PARK, `${before} calls while it was dead`);
  const ids = Map.groupBy(arrived, ({ headers }) => headers['crm-trigger-sequence']);
  assert.equal(ids.size, WAITING, 'all arrive');
  for (const calls of ids.values()) assert.equal(new Set(calls.map(({ headers }) => headers['webhook-id'])).size, 1);
  for (const calls of Map.groupBy(arrived, ({ target }) => target).values()) {
    const sequences = calls.map(({ headers }) => Number(headers['crm-trigger-sequence']));
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    );
  }
  assert.ok(perSecond * factor >= 300, `${perSecond} a second, where work takes ${factor} times as long`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside it, ${p99Alone} ms alone`);
}

await (process.argv[2] === 'hanging' ? hanging() : dead());
