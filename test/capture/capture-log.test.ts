import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { capture } from '../../functions/capture/capture.ts';
import { streamRecord } from '../support/records.ts';
import { doesNotRespond, setUp } from './set-up.ts';

mock.method(console, 'log', () => {});

test('the log contains no ID of the CRM', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  const { deps } = setUp('customer', ['customer.create']);
  await capture(
    [
      streamRecord('customer', 'INSERT', { AccountID: 'MARKER' }),
      streamRecord('customer', 'INSERT', { AccountID: 'MARKER'.repeat(400) }),
    ],
    deps,
  );
  log.mock.restore();
  assert.ok(lines.length > 0);
  assert.doesNotMatch(lines.join('\n'), /MARKER/);
});

/** The log lines of a run, parsed. */
async function logged(run: () => Promise<void>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(JSON.parse(line)));
  await run().finally(() => log.mock.restore());
  return lines;
}

test('logs the ID of every notification, and the reason of every change that moved to Failed', async () => {
  const { deps, sent, failed } = setUp('customer', ['customer.create']);
  const records = ['a', 'b', ''].map((AccountID) => streamRecord('customer', 'INSERT', { AccountID }));
  const [error, info, ...more] = await logged(() => capture(records, deps));
  const [{ id, reason } = { id: '', reason: '' }] = failed();
  assert.partialDeepStrictEqual(error, { level: 'error', id, trigger: 'customer.create', reason });
  assert.partialDeepStrictEqual(info, {
    level: 'info',
    records: 3,
    unusable: 1,
    overLimit: 0,
    ids: sent.map(({ id }) => id),
  });
  assert.deepEqual(more, []);
});

test('counts changes that moved to Failed, and writes metrics once, also if the queue does not respond', async () => {
  for (const overrides of [{}, { queue: { send: doesNotRespond } }]) {
    const counted: string[] = [];
    const metrics = {
      add: (...added: [string, string]) => counted.push(added.join(' ')),
      write: () => counted.push('write'),
    };
    const { deps } = setUp('customer', ['customer.create'], { metrics, ...overrides });
    const records = ['', 'a'].map((AccountID) => streamRecord('customer', 'INSERT', { AccountID }));
    await capture(records, deps).catch(() => {});
    const captured = 'queue' in overrides ? [] : ['captured customer.create'];
    assert.deepEqual(counted, ['failed customer.create', ...captured, 'write']);
  }
});
