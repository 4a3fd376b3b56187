import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failed } from '../../functions/adapters/backlog-items.ts';
import { protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

test('a trigger that is paused while the head of its backlog moves to Failed is not probed', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  await p.park([p.one({ changedAt: p.world.now - 73 * HOUR }), p.one({ record: record('b') })]);
  const backlog = wrapped(p.backlog, {
    async fail(call) {
      p.world.now += 20_000;
      await p.triggers.move('customer.edit', 'pause', { pausedBy: 'admin' });
      return call();
    },
  });
  await p.drain({ backlog });
  assert.equal(p.calls.length, 0);
});

test('a run ends if secrets cannot be read, and the next run continues', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 5 }, (_, i) => p.one({ record: record(String(i)) })));
  let silent = true;
  const secrets = {
    of: async () => {
      if (silent) throw new Error('throttled');
      return p.deps.secrets.of('customer.edit');
    },
  };
  const start = p.world.now;
  await p.drain({ secrets });
  assert.ok(p.world.now - start < 10_000, `${p.world.now - start} ms`);
  silent = false;
  await p.drain({ secrets });
  assert.equal(p.calls.length, 5);
});

test('reads further pages of a backlog only when a probe is due', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.triggers.move('customer.edit', 'park', {
    probeAt: p.world.now + 50 * 60_000,
    probeDelay: HOUR,
    parkedBecause: 'HTTP 500',
  });
  const changedAt = p.world.now - HOUR;
  const many = Array.from({ length: 2_600 }, (_, i) => p.one({ record: record(i), sequence: String(i), changedAt }));
  await p.park(many, HOUR);
  p.dynamodb.requests.length = 0;
  await p.drain();
  const pages = p.dynamodb.requests.filter(({ name, input }) => name === 'Query' && input.Limit === 500);
  assert.deepEqual([p.calls.length, pages.length], [0, 1]);
});

test('a notification that is parked while another function delivers it leaves the backlog', async () => {
  const p = await protocol();
  const one = p.one();
  const late = p.received(one, 1, 359_000);
  const second = p.received(one, 2, 361_000);
  // One function read its trigger while it was draining, and the other when it was active again.
  await p.state('customer.edit', 'draining');
  let delivered = false;
  const backlog = wrapped(p.backlog, {
    async park(call) {
      if (!delivered) {
        delivered = true;
        await p.triggers.move('customer.edit', 'finish');
        await p.triggers.move('customer.edit', 'activate');
        assert.deepEqual(await p.deliver([second]), []);
      }
      return call();
    },
  });
  await p.deliver([late], { backlog });
  assert.deepEqual([p.calls.length, (await p.parked()).length], [1, 0]);
});

test('an old notification that cannot be moved to Failed does not stop the others', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const old = p.one({ changedAt: p.world.now - 73 * HOUR, record: record('a') });
  await p.park([old, p.one({ record: record('b') })]);
  const backlog = wrapped(p.backlog, {
    async fail(call, { id }: Failed) {
      if (id === old.id) throw new Error('the item is too large');
      return call();
    },
  });
  await p.drain({ backlog });
  assert.deepEqual([p.calls.length, (await p.parked()).map(({ notification }) => notification.id)], [1, [old.id]]);
});

test('a run ends if the table stores no results', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  await p.park(Array.from({ length: 300 }, (_, i) => p.one({ record: record(i) })));
  const backlog = wrapped(p.backlog, { unpark: () => Promise.reject(new Error('throttled')) });
  await p.drain({ backlog, concurrency: 10 });
  assert.ok(p.calls.length < 20, `${p.calls.length} calls`);
  assert.equal(await p.stateOf(), 'draining');
  await p.drain({ concurrency: 10 });
  assert.equal(await p.stateOf(), 'active');
});
