import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trigger } from '../../functions/core/entity.ts';
import { protocol } from '../support/protocol.ts';
import { wrapped } from '../support/wrapped.ts';

const down = () => {
  throw new Error('the table does not respond');
};

for (const [what, waits] of [
  ['secrets that cannot be read', { secrets: { of: down } }],
  ['a backlog table that does not respond', { backlog: 'silent' }],
  ['a triggers table that does not respond', { triggers: { read: down } }],
] as const)
  test(`${what}: a message is received fewer than 1,000 times in 14 days, and delivered after the repair`, async () => {
    const p = await protocol();
    const one = p.one();
    const overrides =
      'backlog' in waits ? { backlog: new Proxy(p.backlog, { get: () => down }) } : { ...p.deps, ...waits };
    let seconds = 0;
    let receives = 1;
    for (; seconds < 14 * 86_400; receives++) {
      p.returned.length = 0;
      const messages = [p.received(one, Math.max(2, receives))];
      assert.equal((await p.deliver(messages, overrides)).length, 1);
      seconds += p.returned[0]?.seconds ?? 0;
    }
    assert.ok(receives < 1_000, `${receives} receives`);
    assert.equal(p.calls.length, 0);
    assert.deepEqual(await p.deliver([p.received(one, receives)]), []);
    assert.equal(p.calls.length, 1);
  });

test('messages wait for 14 days with fewer than 1,000 receives in a state that does not end', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'finishing');
  const one = p.one();
  let seconds = 0;
  let receives = 1;
  for (; seconds < 14 * 86_400; receives++) {
    p.returned.length = 0;
    assert.equal((await p.deliver([p.received(one, receives)])).length, 1);
    seconds += p.returned[0]?.seconds ?? 0;
  }
  assert.ok(receives < 1_000, `${receives} receives`);
});

test('a trigger whose secrets cannot be read delays no other', async () => {
  const p = await protocol({ urls: ['customer.edit', 'task.edit'] });
  const of = (trigger: Trigger) => (trigger === 'task.edit' ? down() : p.deps.secrets.of(trigger));
  const [good, bad] = [p.received(p.one()), p.received(p.one({ trigger: 'task.edit', record: 'b'.repeat(64) }))];
  assert.deepEqual(await p.deliver([good, bad], { secrets: { of } }), [bad.messageId]);
  assert.deepEqual(
    p.calls.map(({ trigger }) => trigger),
    ['customer.edit'],
  );
});

test('a success that cannot be recorded is not repeated', async () => {
  const p = await protocol();
  await p.triggers.countFailure('customer.edit', p.world.now);
  const triggers = wrapped(p.triggers, { clearFailures: down });
  assert.deepEqual(await p.deliver([p.received(p.one())], { triggers }), []);
});
