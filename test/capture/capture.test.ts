import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type CaptureDeps, capture } from '../../functions/capture/capture.ts';
import { streamRecord } from '../support/records.ts';
import { doesNotRespond, setUp } from './set-up.ts';

mock.method(console, 'log', () => {});

test('sends notifications for changes in their order, but not for triggers without a URL', async () => {
  const { deps, sent } = setUp('task', ['task.create', 'task.delete']);
  const row = { AccountID: 'a', TaskID: 't' };
  await capture(
    [streamRecord('task', 'INSERT', row), streamRecord('task', 'MODIFY', row), streamRecord('task', 'REMOVE', row)],
    deps,
  );
  assert.deepEqual(
    sent.map(({ trigger, formattedString }) => [trigger, formattedString]),
    [
      ['task.create', '?AccountID=a&TaskID=t'],
      ['task.delete', '?AccountID=a&TaskID=t'],
    ],
  );
});

test('sends nothing and moves nothing to Failed if no trigger has a URL', async () => {
  const { deps, sent, failed } = setUp('customer', []);
  await capture([streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})], deps);
  assert.deepEqual([sent, failed()], [[], []]);
});

test('a repeated batch makes the same IDs', async () => {
  const records = [
    streamRecord('customer', 'INSERT', { AccountID: 'a' }),
    streamRecord('customer', 'INSERT', { AccountID: '' }),
  ];
  const first = setUp('customer', ['customer.create']);
  const second = setUp('customer', ['customer.create']);
  await capture(records, first.deps);
  await capture(records, second.deps);
  assert.deepEqual(first.sent, second.sent);
  assert.deepEqual(first.failed(), second.failed());
});

const broken: [dependency: string, overrides: Partial<CaptureDeps>][] = [
  ['the triggers table', { withUrl: doesNotRespond }],
  ['the queue', { queue: { send: doesNotRespond } }],
  ['the backlog table', { backlog: { fail: doesNotRespond } }],
  ["the count of a record's changes", { counts: { limit: { changes: 1, perSeconds: 1 }, overLimit: doesNotRespond } }],
];

for (const [dependency, overrides] of broken)
  test(`throws when ${dependency} does not respond, so the stream repeats the batch`, async () => {
    const { deps } = setUp('customer', ['customer.create'], overrides);
    const records = [streamRecord('customer', 'INSERT', { AccountID: 'a' }), streamRecord('customer', 'INSERT', {})];
    await assert.rejects(capture(records, deps), /TimeoutError/);
  });

test('calls neither the queue nor the counts without notifications', async () => {
  const counts = { limit: { changes: 1, perSeconds: 1 }, overLimit: doesNotRespond };
  const { deps } = setUp('customer', ['customer.create'], { queue: { send: doesNotRespond }, counts });
  await capture([streamRecord('customer', 'MODIFY', { AccountID: 'a' })], deps);
  await capture([], deps);
});
