import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEntry } from '../support/log-entries.ts';
import { tasks, mcpWorld as world } from '../support/mcp-world.ts';

test('sends what was delivered in a range again, after a preview of how many', async (t) => {
  const made = await world(t, { allowWrites: true });
  const delivered = Array.from({ length: 30 }, () => logEntry({ trigger: 'task.edit', at: Date.now() - 1_000 }));
  await made.deliveryLog.write(delivered);
  const args = { delivered: true, trigger: 'task.edit', since: '1h', pace: 1_000 };
  const preview = await made.call('redeliver', args);
  assert.match(preview.text, /"count": 30,.+"triggers": \{\s+"task\.edit": 30/s);
  assert.equal(made.sent.length, 0);
  await made.call('redeliver', { ...args, confirm: true });
  assert.deepEqual(new Set(made.sent.map(({ id }) => id)), new Set(delivered.map(({ id }) => id)));
});

test('rejects a range that takes longer than a client waits', async (t) => {
  const made = await world(t, { allowWrites: true });
  await made.deliveryLog.write(
    Array.from({ length: 50 }, () => logEntry({ trigger: 'task.edit', at: Date.now() - 1_000 })),
  );
  const args = { delivered: true, since: '1h', pace: 1 };
  const { text, isError } = await made.call('redeliver', args);
  assert.ok(isError);
  assert.match(text, /takes about \d\d s, and a tool has 40 s.+Choose a shorter range/);
  assert.equal(made.sent.length, 0);
});

test('backfills after a preview of how many', async (t) => {
  const made = await world(t, { allowWrites: true, ...tasks(3) });
  const preview = await made.call('backfill', { trigger: 'task.edit' });
  assert.match(preview.text, /"sent": 3,\s+"skipped": 0,\s+"dryRun": true,\s+"done": true/);
  assert.equal(made.sent.length, 0);
  const { text } = await made.call('backfill', { trigger: 'task.edit', confirm: true });
  assert.partialDeepStrictEqual(JSON.parse(text), { sent: 3, dryRun: false, done: true });
  assert.deepEqual(
    made.sent.map(({ formattedString }) => formattedString),
    ['?AccountID=a0&TaskID=t0', '?AccountID=a1&TaskID=t1', '?AccountID=a2&TaskID=t2'],
  );
});

test('stops a long backfill before the client stops waiting, and continues it with the next call', async (t) => {
  const made = await world(t, { allowWrites: true, ...tasks(250) });
  let now = Date.now();
  t.mock.method(Date, 'now', () => (now += 15_000));
  const args = { trigger: 'task.edit', pace: 1_000 };
  for (let calls = 1; ; calls++) {
    assert.ok(calls <= 5);
    await made.call('backfill', args);
    const { done } = JSON.parse((await made.call('backfill', { ...args, confirm: true })).text);
    if (!done) continue;
    assert.ok(calls > 1);
    break;
  }
  const sent = made.sent.map(({ formattedString }) => formattedString);
  assert.deepEqual([sent.length, new Set(sent).size], [250, 250]);
});
