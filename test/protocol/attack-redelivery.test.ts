import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../functions/core/notification.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { ok, protocol, responded } from '../support/protocol.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

test('a redelivery by a machine whose clock is behind starts a new life', async (t) => {
  const p = await protocol();
  t.mock.timers.enable({ apis: ['Date'], now: p.world.now });
  const sent: Notification[] = [];
  const deps = {
    backlog: p.backlog,
    triggersTable: p.triggers,
    who: 'ada',
    history: { add: async () => {} },
    queue: { send: async (some: readonly Notification[]) => void sent.push(...some) },
  } as unknown as OperationDeps;
  // It was redelivered before, by a machine whose clock is two minutes ahead, failed twice and left its mark.
  const earlier = p.one({ redelivered: p.world.now + 120_000 });
  const { id, trigger, sequence, changedAt } = earlier;
  const why = { reason: 'no URL is set for customer.edit', attempts: 1, failedAt: p.world.now };
  await p.backlog.fail({ id, trigger, sequence, changedAt, record: earlier.record, notification: earlier, ...why });
  await p.backlog.release(earlier, p.world.now);
  await redeliver(deps, await failed(deps, {}));
  const [again] = sent;
  assert.ok(again);
  assert.deepEqual(await p.deliver([p.received(again, 2)]), []);
  assert.deepEqual(
    p.calls.map((call) => call.id),
    [id],
  );
});

test('the readable fields of an unreadable notification are stored in Failed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.parkUnreadable('{"v":99,"of":"a later version"}');
  await p.drain();
  assert.deepEqual(
    p.dynamodb.items('backlog').map(({ list, message }) => [list?.S, message?.S]),
    [['customer.edit#failed', '{"v":99,"of":"a later version"}']],
  );
});

test('an item that was parked again stays in the backlog, although the one before was unreadable', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const one = await p.parkUnreadable();
  const backlog = wrapped(p.backlog, {
    async fail(call) {
      await call();
      await p.park([one], 0);
    },
  });
  await p.drain({ backlog }, 15_500);
  assert.equal((await p.parked()).length, 1);
});

test('a parked notification does not count as waiting behind another one of its record', async () => {
  const p = await protocol({ receiver: () => responded(500), urls: ['task.edit', 'task.delete'] });
  await p.state('task.delete', 'paused');
  const head = p.received(p.one({ trigger: 'task.edit' }));
  const parked = p.received(p.one({ trigger: 'task.delete' }));
  assert.deepEqual(await p.deliver([head, parked]), [head.messageId]);
  const counts = await p.backlog.retryCounts();
  assert.deepEqual([counts.get('task.edit')?.waiting, counts.get('task.delete')?.behind], [1, 0]);
  assert.equal(await p.backlog.count('task.delete', 'parked'), 1);
});

test('a URL that is set during a probe of the old one is probed at once', async () => {
  const p = await protocol();
  await p.triggers.move('customer.edit', 'park', { probeAt: 0, probeDelay: HOUR, parkedBecause: 'HTTP 500' });
  await p.park([p.one()]);
  p.world.receiver = async ({ url }) => {
    if (url.startsWith('https://right.example/')) return ok;
    // Drain is woken as well, and another run of it finds that this one has the lease.
    await p.triggers.writeUrl('customer.edit', 'https://right.example/', p.world.now);
    return responded(500);
  };
  await p.drain();
  assert.deepEqual([p.calls.length, await p.stateOf()], [2, 'active']);
});
