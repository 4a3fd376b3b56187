import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { notification, record } from '../support/records.ts';
import { drainNow } from './mappings.ts';
import { delivered, HOUR, responses, SECOND, scripted, setUrl, TRIGGER } from './scripted.ts';
import type { World } from './world.ts';

const OTHER = 'task.edit';

const both = [TRIGGER, OTHER] as const;

async function waiting(world: World): Promise<number> {
  const lines = await list({ triggersTable: world.triggers, backlog: world.backlog, secrets: world.secrets } as never);
  return lines.reduce((sum, line) => sum + line.waiting, 0);
}

for (const write of ['lease', 'giveBack'] as const)
  test(`drains a trigger in time when the ${write} of another fails`, () => {
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
            record: record(i % 2),
            changedAt: clock.now(),
          }),
        );
        for (const one of backlog) await world.backlog.park([{ ...unattempted, notification: one }], clock.now());
        await pass(5 * SECOND);
        for (const trigger of both) await world.triggers.move(trigger, 'resume');
        const start = clock.now();
        void drainNow(world);
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
    void drainNow(world);
    await clock.until(() => world.state(TRIGGER) === 'active', clock.now() + HOUR);
    const sequences = delivered(world);
    assert.equal(sequences.length, 2);
    assert.ok((sequences[0] as bigint) < (sequences[1] as bigint), `arrived as ${sequences}`);
  }));

test('shows nothing as waiting after two functions had the message of a delivered notification', () => {
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
      // The first function starts in the last second. Its call fails after the call of the second one succeeded.
      startsLate: (messages) => (messages[0]?.attributes.ApproximateReceiveCount === '1' ? 359 * SECOND : 0),
      behavior: () => (++calls === 1 ? responses(500, 4 * SECOND) : responses(200)),
    },
  );
});
