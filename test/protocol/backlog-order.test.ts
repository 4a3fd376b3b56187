import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Made, ok, protocol, responded } from '../support/protocol.ts';
import { record } from '../support/records.ts';
import { HOUR } from '../support/time.ts';

const sequences = (calls: readonly Made[]) => calls.map(({ sequence }) => sequence);

test('a probe attempts the first notification of a record, even if it was parked again just now', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const [first, second] = [p.one({ sequence: '1' }), p.one({ sequence: '2' })];
  await p.park([second]);
  await p.park([first], 500);
  await p.drain({}, 15_500);
  assert.notEqual(p.calls[0]?.sequence, '2');
  p.world.now += 60_000;
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['1', '2']);
});

test('delivers a record by its sequence, even if its times run backwards', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - 60_000;
  await p.park([p.one({ sequence: '100', changedAt: at }), p.one({ sequence: '101', changedAt: at - 1_000 })]);
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['100', '101']);
});

test('a probe attempts the first notification of a record by its sequence', async () => {
  const p = await protocol({ receiver: () => responded(500) });
  await p.state('customer.edit', 'parked');
  const at = p.world.now - 60_000;
  await p.park([p.one({ sequence: '100', changedAt: at }), p.one({ sequence: '101', changedAt: at - 1_000 })]);
  await p.drain();
  assert.deepEqual(sequences(p.calls), ['100']);
});

test('delivers a record in order if its times run backwards across pages', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  // 499 of other records, then the later change of ours; its earlier change, with a later time, begins the next page.
  const others = Array.from({ length: 499 }, (_, i) => p.one({ record: record(i), changedAt: at, sequence: '5' }));
  const ours = [
    p.one({ record: record('f'), sequence: '101', changedAt: at + 1_000 }),
    p.one({ record: record('f'), sequence: '100', changedAt: at + 2_000 }),
  ];
  await p.park([...others, ...ours]);
  await p.drain();
  assert.equal(p.calls.length, 501);
  assert.deepEqual(sequences(p.calls.filter(({ sequence }) => sequence !== '5')), ['100', '101']);
});

test('a backlog of more than two pages from one second is probed and delivered', async () => {
  const p = await protocol();
  await p.state('customer.edit', 'parked');
  const changedAt = p.world.now - HOUR;
  const many = Array.from({ length: 1_200 }, (_, i) =>
    p.one({ record: record(i % 400), sequence: String(i), changedAt }),
  );
  await p.park(many);
  await p.drain();
  assert.deepEqual([await p.stateOf(), p.calls.length], ['active', 1_200]);
  for (const own of Map.groupBy(p.calls, ({ sequence }) => Number(sequence) % 400).values())
    assert.deepEqual(
      sequences(own),
      sequences(own).toSorted((a, b) => Number(a) - Number(b)),
    );
});

test('the notifications of a record on later pages wait behind the first that must wait', async () => {
  const p = await protocol({ receiver: ({ sequence }) => (sequence === '1' ? responded(500) : ok) });
  await p.state('customer.edit', 'draining');
  const at = p.world.now - HOUR;
  const ours = Array.from({ length: 600 }, (_, i) => p.one({ sequence: String(i + 1), changedAt: at + i * 1_000 }));
  const other = p.one({ record: record('b'), sequence: '9999', changedAt: at + 700_000 });
  await p.park([...ours, other]);
  await p.drain({ retryDelays: [600] }, 15_500);
  assert.deepEqual(new Set(sequences(p.calls)), new Set(['1', '9999']));
  assert.equal((await p.parked()).length, 600);
});
