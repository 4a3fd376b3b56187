import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { notification } from '../support/records.ts';
import { Clock } from './clock.ts';
import { noFaults } from './network.ts';
import { inTimeOf } from './play.ts';
import { type Behavior, World, type WorldOptions } from './world.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const TRIGGER = 'customer.edit';
const OTHER = 'task.edit';
const both = [TRIGGER, OTHER] as const;

const responses = (status: number, ms = 20): ReturnType<Behavior> => ({ response: { status, body: '' }, ms });

/** A world whose only faults are those of a script, in a time that `pass` lets pass. */
function scripted(
  script: (scene: { world: World; clock: Clock; pass: (milliseconds: number) => Promise<boolean> }) => Promise<void>,
  options: Partial<WorldOptions> & { readonly behavior?: Behavior } = {},
): Promise<void> {
  const clock = new Clock();
  const { behavior = () => responses(200), ...rest } = options;
  return inTimeOf(clock, async () => {
    const world = new World({ clock, seed: 7, workers: 2, faults: noFaults, receivers: { behavior }, ...rest });
    const pass = (milliseconds: number) => clock.until(() => false, clock.now() + milliseconds);
    await script({ world, clock, pass });
    world.stop();
  });
}

const setUrl = (world: World, trigger: Trigger) =>
  world.triggers.writeUrl(trigger, `https://receiver.example/${trigger}`, world.clock.now());

/** Notifications in Failed, one of each record. */
async function putFailed(world: World, count: number): Promise<Notification[]> {
  const all = Array.from({ length: count }, (_, i) =>
    notification({ trigger: TRIGGER, record: i.toString(16).padStart(64, '0'), changedAt: world.clock.now() }),
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

const delivered = (world: World) =>
  world.deliveries
    .filter(({ response }) => 'status' in response && response.status === 200)
    .map(({ sequence }) => sequence);

async function waiting(world: World): Promise<number> {
  const lines = await list({ triggersTable: world.triggers, backlog: world.backlog, secrets: world.secrets } as never);
  return lines.reduce((sum, line) => sum + line.waiting, 0);
}

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

test('settles two messages of one notification that come in one batch again', () => {
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

test('probes with the first notification of a record when that was parked again a moment ago', () =>
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
    void world.drainNow();
    await pass(3 * 60 * SECOND);
    assert.deepEqual(delivered(world), [1n, 2n]);
  }));

for (const write of ['lease', 'giveBack'] as const)
  test(`drains a trigger in its time when the ${write} of another fails`, () => {
    let armed = true;
    return scripted(
      async ({ world, clock, pass }) => {
        for (const trigger of both) await setUrl(world, trigger);
        await pass(5 * SECOND);
        for (const trigger of both) await world.triggers.move(trigger, 'pause', { pausedBy: 'admin' });
        const backlog = Array.from({ length: 40 }, (_, i) =>
          notification({
            trigger: OTHER,
            sequence: String(i),
            record: `${i % 2}`.padStart(64, '0'),
            changedAt: clock.now(),
          }),
        );
        for (const one of backlog) await world.backlog.park([{ ...unattempted, notification: one }], clock.now());
        await pass(5 * SECOND);
        for (const trigger of both) await world.triggers.move(trigger, 'resume');
        const start = clock.now();
        void world.drainNow();
        const done = await clock.until(() => world.state(OTHER) === 'active', start + HOUR);
        assert.ok(done);
        const seconds = (clock.now() - start) / SECOND;
        assert.ok(seconds < 150, `it took ${seconds} s`);
      },
      {
        behavior: () => responses(200, 3 * SECOND),
        script: ({ by, name, trigger, input }) => {
          if (!armed || by !== 'drain' || name !== 'UpdateItem' || trigger !== TRIGGER) return undefined;
          const isGiveBack = /REMOVE/.test(input.UpdateExpression);
          const isLease = /leaseUntil/.test(input.UpdateExpression) || /lease/i.test(JSON.stringify(input));
          if (!isLease || isGiveBack !== (write === 'giveBack')) return undefined;
          armed = false;
          return 'fails';
        },
      },
    );
  });

test('probes a parked trigger even if more rows changed within a second than a page of its backlog holds', () => {
  let isUp = false;
  return scripted(
    async ({ world, pass }) => {
      await setUrl(world, TRIGGER);
      await pass(10 * SECOND);
      for (let account = 0; account < 510; account++) world.change('MODIFY', `a${account}`);
      await pass(120 * SECOND);
      isUp = true;
      await pass(HOUR);
      assert.equal(new Set(delivered(world)).size, 510);
    },
    { behavior: () => responses(isUp ? 200 : 500), workers: 4 },
  );
});

test('delivers in the order of the sequence when the time of a later change is earlier', () =>
  scripted(async ({ world, clock, pass }) => {
    await setUrl(world, TRIGGER);
    await world.triggers.move(TRIGGER, 'pause', { pausedBy: 'admin' });
    await pass(10 * SECOND);
    world.change('MODIFY', 'a1');
    await pass(SECOND);
    world.change('MODIFY', 'a1', 'customer', 2 * SECOND);
    await pass(10 * SECOND);
    await world.triggers.move(TRIGGER, 'resume');
    void world.drainNow();
    await clock.until(() => world.state(TRIGGER) === 'active', clock.now() + HOUR);
    const sequences = delivered(world);
    assert.equal(sequences.length, 2);
    assert.ok((sequences[0] as bigint) < (sequences[1] as bigint), `arrived as ${sequences}`);
  }));

test('shows nothing as waiting after two functions waiting the message of a delivered notification', () => {
  let calls = 0;
  return scripted(
    async ({ world, pass }) => {
      await setUrl(world, TRIGGER);
      world.change('MODIFY', 'a1');
      await pass(HOUR);
      assert.equal(new Set(delivered(world)).size, 1, 'delivered');
      assert.equal(world.queue.messages.length, 0, 'queued');
      assert.equal(await waiting(world), 0, 'shown as waiting');
    },
    {
      // The first function starts in the last second, and its call fails when the second's has long succeeded.
      startsLate: (messages) => (messages[0]?.attributes.ApproximateReceiveCount === '1' ? 359 * SECOND : 0),
      behavior: () => (++calls === 1 ? responses(500, 4 * SECOND) : responses(200)),
    },
  );
});
