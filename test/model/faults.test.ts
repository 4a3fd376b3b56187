import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { notification, record } from '../support/records.ts';
import { drainNow } from './mappings.ts';
import { delivered, HOUR, responses, SECOND, scripted, setUrl, TRIGGER } from './scripted.ts';
import type { World } from './world.ts';

/** Notifications in Failed, one of each record. */
async function putFailed(world: World, count: number): Promise<Notification[]> {
  const all = Array.from({ length: count }, (_, i) =>
    notification({ trigger: TRIGGER, record: record(i), changedAt: world.clock.now() }),
  );
  for (const one of all) {
    const { formattedString: _, ...reported } = one;
    await world.backlog.fail({
      ...reported,
      notification: one,
      reason: 'HTTP 500',
      attempts: 5,
      failedAt: world.clock.now(),
    });
  }
  return all;
}

const redeliverAll = (world: World, requests?: number) =>
  world.admin(async (deps) => redeliver(deps, await failed(deps, { trigger: TRIGGER })), requests);

test('loses nothing when failed notifications of a trigger without a URL are redelivered', () =>
  scripted(async ({ world, pass }) => {
    await setUrl(world, TRIGGER);
    await world.triggers.writeUrl(TRIGGER, undefined, world.clock.now());
    await putFailed(world, 20);
    void redeliverAll(world);
    await pass(60 * SECOND);
    assert.equal(world.queue.messages.length, 0);
    assert.equal(await world.backlog.count(TRIGGER, 'failed'), 20);
  }));

for (const silent of ['secrets', 'triggers', 'backlog'] as const)
  test(`delivers after the ${silent} table was silent for two hours, and no valid message is a dead letter`, () => {
    let isSilent = false;
    let isUp = false;
    return scripted(
      async ({ world, pass }) => {
        await setUrl(world, TRIGGER);
        for (let account = 0; account < 5; account++) world.change('MODIFY', `a${account}`);
        // The first attempts fail, so that all are in the queue.
        await pass(2 * SECOND);
        isSilent = true;
        await pass(2 * HOUR);
        isSilent = false;
        isUp = true;
        await pass(2 * HOUR);
        assert.equal(world.deadLetters.messages.length, 0, 'dead letters');
        assert.equal(new Set(delivered(world)).size, 5, 'delivered');
      },
      {
        isSilent: (table) => isSilent && table === silent,
        behavior: () => responses(isUp ? 200 : 500),
      },
    );
  });

test('settles two messages of one notification that are received in one batch again', () => {
  let calls = 0;
  return scripted(
    async ({ world, pass }) => {
      await setUrl(world, TRIGGER);
      await putFailed(world, 1);
      void redeliverAll(world);
      await pass(2);
      void redeliverAll(world);
      await pass(0.5 * HOUR);
      assert.ok(calls >= 4, `${calls} calls`);
      assert.equal(new Set(delivered(world)).size, 1, 'delivered');
      assert.equal(world.queue.messages.length, 0, 'queued');
    },
    { behavior: () => responses(++calls <= 3 ? 500 : 200), workers: 1 },
  );
});

test('probes with the first notification of a record, even if it was parked again a moment ago', () =>
  scripted(async ({ world, clock, pass }) => {
    await setUrl(world, TRIGGER);
    await pass(10 * SECOND);
    const start = clock.now();
    const [first, second] = ['1', '2'].map((sequence) =>
      notification({ trigger: TRIGGER, sequence, record: 'a'.repeat(64), changedAt: start + Number(sequence) }),
    ) as [Notification, Notification];
    await world.triggers.move(TRIGGER, 'park', { probeAt: start, probeDelay: 30 * SECOND, parkedBecause: 'HTTP 500' });
    await world.backlog.park([{ ...unattempted, notification: second }], start - 5 * SECOND);
    await world.backlog.park([{ ...unattempted, notification: first }], start - SECOND);
    void drainNow(world);
    await pass(3 * 60 * SECOND);
    assert.deepEqual(delivered(world), [1n, 2n]);
  }));
