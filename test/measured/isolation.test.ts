import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { STRIKES } from '../../functions/core/breaker.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { type Notification, toMessage } from '../../functions/core/notification.ts';
import { makeCall } from '../../functions/edge/http.ts';
import { realTime } from '../model/clock.ts';
import { noFaults } from '../model/network.ts';
import { World } from '../model/world.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';

mock.method(console, 'log', () => {});

const HEALTHY = 'customer.edit';
const NEIGHBOUR = 'task.edit';
const PER_SECOND = 100;
const SECONDS = 20;
/** Deliver functions at once: the default of the setting `deliverConcurrency`. */
const WORKERS = 100;
/** Functions that wait for a destination see within this time that somebody else has parked it. */
const FREED_MS = 1_500;

/**
 * The real deliver and drain in real time, with real calls. The queue, the pollers of its mapping and the tables are the
 * models in test/model/; a request to them takes 2 to 30 ms.
 */
function realWorld() {
  const call = makeCall({ connectTimeoutSeconds: 3, attemptTimeoutSeconds: 10, rules: loopbackRules });
  const world = new World({ clock: realTime, seed: 7, faults: noFaults, workers: WORKERS, destinations: { call } });
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

/** Does something so many times a second, for as long as `goesOn` says. */
async function steadily(perSecond: number, goesOn: (n: number) => boolean, act: (n: number) => void) {
  const start = performance.now();
  for (let n = 0; goesOn(n); n++) {
    await sleep(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
    act(n);
  }
}

/** The healthy trigger's p99 with nobody beside it. */
const alone = (async () => {
  await using server = await receiver();
  const { world, type, send, p99 } = realWorld();
  await type(HEALTHY, server.origin);
  await steadily(
    PER_SECOND,
    (n) => n < SECONDS * PER_SECOND,
    (n) => send(of(HEALTHY, n, 1e6)),
  );
  await sleep(1_000);
  world.stop();
  assert.equal(server.calls.length, SECONDS * PER_SECOND, 'each arrives once');
  return p99(server.calls, 0);
})();

test('a neighbour that hangs is parked within 15 s, and then delays nobody', async (t) => {
  const p99Alone = await alone;
  await using healthy = await receiver();
  await using hanging = await receiver(() => {});
  const { world, type, send, state, p99 } = realWorld();
  await type(HEALTHY, healthy.origin);
  await type(NEIGHBOUR, hanging.origin);
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
  await sleep(2_000);
  world.stop();
  const beside = p99(healthy.calls, opened + FREED_MS);
  t.diagnostic(`opened after ${opened - start} ms; healthy p99 alone ${p99Alone} ms, beside it ${beside} ms`);
  t.diagnostic(
    `from the very moment of opening ${p99(healthy.calls, opened)} ms, over all ${p99(healthy.calls, 0)} ms`,
  );
  assert.equal(healthy.calls.length, SECONDS * PER_SECOND, 'each arrives once');
  assert.ok(opened - start <= 15_000, `opened after ${opened - start} ms`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside it, ${p99Alone} ms alone`);
});

test('5,000 that wait for a dead destination delay nobody, and arrive in order at 300/s or more when it is back', async (t) => {
  const WAITING = 5_000;
  const RECORDS = 400;
  const p99Alone = await alone;
  let dead = true;
  await using healthy = await receiver();
  await using neighbour = await receiver((_, response, socket) => {
    if (dead) socket.resetAndDestroy();
    else response.end();
  });
  const { world, type, send, state, p99 } = realWorld();
  await type(HEALTHY, healthy.origin);
  await type(NEIGHBOUR, neighbour.origin);
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
  while ((await world.backlog.count(NEIGHBOUR, 'parked')) < WAITING) await sleep(100);
  const before = neighbour.calls.length;
  dead = false;
  while (state(NEIGHBOUR) !== 'active') {
    await world.drainNow();
    await sleep(500);
  }
  over = true;
  await healthyTraffic;
  await sleep(1_000);
  world.stop();

  const arrived = neighbour.calls.slice(before);
  const [first, last] = [arrived[0]?.at ?? 0, arrived.at(-1)?.at ?? 0];
  const perSecond = WAITING / ((last - first) / 1000);
  const beside = p99(healthy.calls, opened + FREED_MS);
  t.diagnostic(
    `healthy p99 alone ${p99Alone} ms, beside it ${beside} ms; ${perSecond.toFixed(0)} a second when it is back`,
  );
  assert.equal(healthy.calls.length, sent, 'each arrives once');
  assert.ok(before < 20 * STRIKES, `${before} calls while it was dead`);
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
  assert.ok(perSecond >= 300, `${perSecond} a second`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside it, ${p99Alone} ms alone`);
});
