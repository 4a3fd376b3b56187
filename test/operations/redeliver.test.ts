import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { moveToFailed } from '../../functions/attempt/move-to-failed.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { clear } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { record } from '../support/records.ts';
import { failMany, withUrl } from '../support/redelivery.ts';

const REJECTED = 'no URL is set for customer.edit. To fix this, set one with crm-triggers set customer.edit URL';

describe('redeliver of a trigger without a URL', () => {
  test('is rejected for each notification, and those of other triggers are sent', async () => {
    const world = await withUrl({}, 'task.edit');
    await failMany(world, 20);
    await failMany(world, 1, () => ({ trigger: 'task.edit' }));
    const done = await redeliver(world.deps, await failed(world.deps, {}));
    assert.equal(done.filter(({ rejected }) => rejected === REJECTED).length, 20);
    assert.deepEqual(
      world.sent.map(({ trigger }) => trigger),
      ['task.edit'],
    );
    assert.equal(await world.backlog.count('customer.edit', 'failed'), 20);
    assert.equal(await world.backlog.count('task.edit', 'failed'), 0);
  });

  test('is rejected on the command line, with and without --yes', async () => {
    const world = adminWorld();
    await failMany(world, 2);
    const run = async (yes: boolean) =>
      (await commands.redeliver?.run(world.deps, [], { all: true, yes })) ?? assert.fail();
    const dry = await run(false);
    assert.match(
      dry.text,
      /^(msg_\w+ {2}customer\.edit: not sent, no URL is set for .+\.\n){2}0 would be sent again\.$/,
    );
    const done = await run(true);
    assert.match(
      done.text,
      /^(msg_\w+ {2}customer\.edit: not sent, no URL is set for .+\.\n){2}0 of 2 are sent again\.$/,
    );
    assert.equal(done.failed, true);
    assert.doesNotMatch(JSON.stringify([dry.json, done.json]), /token/);
  });
});

// Deliver may be faster than redeliver: a URL that is cleared in this moment, or no retry delays and a rejection.
for (const reason of ['no URL is set for customer.edit', 'HTTP 404'])
  test(`redeliver loses nothing when deliver moves everything to Failed again at once: ${reason}`, async () => {
    const world = await withUrl({
      queue: {
        async send(sent: readonly Notification[]) {
          const metrics = { add() {} };
          for (const one of sent)
            await moveToFailed(one, 0, reason, { backlog: world.backlog, metrics, now: Date.now });
        },
      },
    });
    await failMany(world, 60, (n) => ({ record: record(n % 30) }));
    const before = await failed(world.deps, {});
    await redeliver(world.deps, before);
    const after = await failed(world.deps, {});
    assert.deepEqual(
      after.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.ok(after.every((one) => one.reason === reason));
  });

test('two parallel redeliveries lose nothing, and send only failed notifications', async () => {
  const world = await withUrl();
  await failMany(world, 60);
  const ids = (await failed(world.deps, {})).map(({ id }) => id);
  const chosen = [await failed(world.deps, {}), await failed(world.deps, {})];
  await Promise.all(chosen.map((all) => redeliver(world.deps, all)));
  assert.deepEqual(new Set(world.sent.map(({ id }) => id)), new Set(ids));
  assert.equal((await failed(world.deps, {})).length, 0);
});

test('a redelivery does not remove an entry that failed again after it was read', async () => {
  const world = await withUrl();
  await failMany(world, 3);
  const read = await failed(world.deps, {});
  const again = read[0] ?? assert.fail();
  await world.backlog.fail({ ...again, reason: 'HTTP 500', failedAt: Date.now() + 5 });
  await redeliver(world.deps, read);
  assert.deepEqual(
    (await failed(world.deps, {})).map(({ id, reason }) => [id, reason]),
    [[again.id, 'HTTP 500']],
  );
});

test('a redelivery that the queue interrupts keeps the rest in Failed, and records what was sent', async () => {
  let sends = 0;
  const queued: Notification[] = [];
  const world = await withUrl({
    queue: {
      async send(notifications: readonly Notification[]) {
        if (++sends === 2) throw new Error('rejected');
        queued.push(...notifications);
      },
    },
  });
  await failMany(world, 120);
  const before = await failed(world.deps, {});
  await assert.rejects(redeliver(world.deps, before), { message: 'rejected' });
  const ids = [...queued, ...(await failed(world.deps, {}))].map(({ id }) => id);
  assert.deepEqual(
    ids,
    before.map(({ id }) => id),
  );
  assert.equal(queued.length, 50);
  assert.equal((await world.history.read(1)).entries[0]?.to, '50 sent again');
});

test('a redelivery that cannot delete one entry deletes the others, and throws', async () => {
  const world = await withUrl();
  await failMany(world, 3);
  const chosen = await failed(world.deps, {});
  const { backlog } = world;
  const forget = backlog.forget.bind(backlog);
  backlog.forget = async (one) => {
    if (one.id === chosen[0]?.id) throw new Error('silent');
    await forget(one);
  };
  await assert.rejects(redeliver(world.deps, chosen), { message: 'silent' });
  assert.deepEqual(
    (await failed(world.deps, {})).map(({ id }) => id),
    [chosen[0]?.id],
  );
});

test('redeliver sends notifications of one record by sequence, not by time', async () => {
  const world = await withUrl();
  const at = 1_760_000_000_000;
  // The later change carries the earlier time; and 9 is before 10, whatever their digits.
  const changes = [
    ['10', at - 1_000],
    ['9', at],
    ['11', at - 500],
  ] as const;
  await failMany(world, 3, (n) => {
    const [sequence, changedAt] = changes[n] ?? assert.fail();
    return { sequence, changedAt };
  });
  await redeliver(world.deps, (await failed(world.deps, {})).toReversed());
  assert.deepEqual(
    world.sent.map(({ sequence }) => sequence),
    ['9', '10', '11'],
  );
});

test('a URL that is cleared during a redelivery stops it at the next part', async () => {
  const world = await withUrl();
  const send = world.deps.queue.send.bind(world.deps.queue);
  world.deps.queue.send = async (notifications) => {
    await send(notifications);
    await clear(world.deps, 'customer.edit');
  };
  await failMany(world, 60);
  const done = await redeliver(world.deps, await failed(world.deps, {}));
  assert.equal(done.filter(({ rejected }) => rejected === REJECTED).length, 10);
  assert.equal(await world.backlog.count('customer.edit', 'failed'), 10);
});
