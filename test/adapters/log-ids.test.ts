import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import { capture } from '../../functions/capture/capture.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { message, streamRecord } from '../support/records.ts';
import { stages } from '../support/stages.ts';

const lines: string[] = [];
mock.method(console, 'log', (line: string) => void lines.push(line));
beforeEach(() => void lines.splice(0));

/** The log lines of a notification in order. */
const story = (id: string) => lines.filter((line) => line.includes(id)).map((line) => JSON.parse(line).message);

const ok: CallResult = { status: 200, body: '' };

/** A change that capture has made a notification of. */
async function captured(world: ReturnType<typeof stages>): Promise<Notification> {
  const record = streamRecord('customer', 'INSERT', { AccountID: 'a1' });
  if (record.dynamodb) record.dynamodb.ApproximateCreationDateTime = Date.now() / 1000;
  const withUrl = () => world.triggers.withUrl(['customer.create']);
  await capture([record], { ...world.deps, withUrl });
  return world.sent[0] ?? assert.fail();
}

const again = (world: ReturnType<typeof stages>, one: Notification) =>
  deliver([message(one, { ApproximateReceiveCount: '2' })], world.deps, () => 60_000);

test('a batch of successful first attempts is one log line', async () => {
  const world = stages(() => ok);
  const one = await captured(world);
  await world.deliver(one);
  assert.deepEqual(story(one.id), ['captured']);
});

test('one ID leads from the change through each failed attempt to the delivery', async () => {
  let response: CallResult = { status: 503, body: '' };
  const world = stages(() => response);
  const one = await captured(world);
  await world.deliver(one);
  response = ok;
  await again(world, one);
  assert.deepEqual(story(one.id), ['captured', 'attempt failed', 'delivered in the end']);
});

test('one ID leads from the change to Failed', async () => {
  const world = stages(() => ({ status: 400, body: '' }));
  const now = world.triggers.items.get('customer.create') ?? assert.fail();
  const one = await captured(world);
  await world.deliver(one);
  world.triggers.put('customer.create', { ...now, lastSuccess: Date.now() + 1_000 });
  await again(world, one);
  assert.deepEqual(story(one.id), ['captured', 'attempt failed', 'attempt failed', 'a notification failed']);
});

test('one ID leads through the backlog', async () => {
  const world = stages(() => ok);
  await world.triggers.move('customer.create', 'pause', { pausedBy: 'admin' });
  const one = await captured(world);
  await world.deliver(one);
  // An old change.
  await world.backlog.park([{ ...unattempted, notification: one }], Date.now() - 5_000);
  await world.triggers.move('customer.create', 'resume');
  await world.drain();
  assert.deepEqual(story(one.id), ['captured', 'parked', 'delivered in the end']);
});

test('one ID leads from the change to a dead letter with any body', async () => {
  const world = stages(() => ok);
  const one = await captured(world);
  const unreadable = message('{"v":99}', { MessageDeduplicationId: one.id });
  await deliver([unreadable], world.deps, () => 60_000);
  assert.deepEqual(story(one.id), ['captured', 'a message went to the dead-letter queue']);
});
