import assert from 'node:assert/strict';
import { FAILURES_TO_PARK } from '../../functions/core/breaker.ts';
import { drainNow } from '../model/mappings.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { stretch } from '../support/stretch.ts';
import { names } from './names.ts';
import {
  ATTEMPT_SECONDS,
  alone,
  assertArrived,
  FREED_MS,
  HEALTHY,
  healthyTraffic,
  idsOf,
  NEIGHBOUR,
  of,
  PER_SECOND,
  realWorld,
  SECONDS,
  say,
  steadily,
} from './receivers.ts';

// Three tests, each in a process of its own by isolation.test.ts: the test runner follows every promise, and a world makes
// millions.

console.log = () => {};

/** A neighbor that hangs is parked within 15 s. After that it delays no other trigger. */
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
  // The attempts wait for their maximum time on each machine. The rest depends on the machine.
  const waited = ATTEMPT_SECONDS * 1000;
  assert.ok(waited + (opened - start - waited) / factor <= 15_000, `opened after ${opened - start} ms`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside it, ${p99Alone} ms alone`);
}

/**
 * 5,000 notifications for a receiver that is down delay no other trigger. When it recovers, they arrive in order at 300/s or
 * more.
 */
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
  const traffic = healthyTraffic(send);
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
  // A URL that is set again is probed at once. Otherwise the next probe could be minutes away.
  await type(NEIGHBOUR, neighbor.origin);
  await until(
    'the neighbor is active',
    async () => {
      await drainNow(world);
      return state(NEIGHBOUR) === 'active';
    },
    240_000,
    500,
  );
  const factor = stretched();
  const sent = await traffic.end(healthy.calls);
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

await { hanging, dead, names }[process.argv[2] as 'hanging' | 'dead' | 'names']();
