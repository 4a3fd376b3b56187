import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { diagram, type Move } from '../../functions/core/breaker.ts';
import { clear, setUrl } from '../../functions/operations/set-url.ts';
import { stack } from './stack.ts';

test('allows only the state transitions of the diagram', async () => {
  const dynamodb = new DynamoDBClient();
  const table = stack.deps.triggersTable;
  const trigger = 'task.delete';
  const states = ['active', 'parked', 'draining', 'finishing', 'paused'] as const;
  const putState = (state: string) =>
    dynamodb.send(
      new PutItemCommand({
        TableName: stack.outputs.TriggersTable,
        // The stored name of `finishing`.
        Item: { trigger: { S: trigger }, state: { S: state === 'finishing' ? 'closing' : state } },
      }),
    );
  for (const [move, { from, to }] of Object.entries(diagram))
    for (const state of states) {
      await putState(state);
      const moved = await table.move(trigger, move as Move, { probeAt: 5 });
      assert.equal(moved, from.includes(state), `${move} from ${state}`);
      const now = (await table.read([trigger])).get(trigger);
      assert.deepEqual([now?.state, now?.probeAt], moved ? [to, 5] : [state, 0], `${move} from ${state}`);
    }
  for (const state of states) {
    await putState(state);
    assert.equal(await table.countFailure(trigger, 1_000), state === 'active' ? 1 : undefined, state);
  }
  await putState('active');
  assert.equal(await table.lease(trigger, 2_000, 1_000), true);
  assert.equal(await table.lease(trigger, 3_000, 1_999), false, 'another drain has the lease');
  assert.equal(await table.lease(trigger, 4_000, 2_000), true, 'the lease has expired');
  await table.giveBack(trigger, 2_000);
  assert.equal(await table.lease(trigger, 5_000, 2_500), false, 'an expired lease cannot release the new one');
  await table.giveBack(trigger, 4_000);
  assert.equal(await table.lease(trigger, 5_000, 2_500), true);
  await putState('active');
});

test('writes a URL only on the expected version, and records the previous URL in the history', async () => {
  const { triggersTable: table, history } = stack.deps;
  const trigger = 'followup.delete';
  await clear(stack.deps, trigger);
  const { version } = await setUrl(stack.deps, trigger, 'http://127.0.0.1:9000/one');
  assert.equal(await table.writeUrl(trigger, 'http://127.0.0.1:9000/two', Date.now(), version - 1), false);
  assert.equal(await table.writeUrl(trigger, 'http://127.0.0.1:9000/two', Date.now(), 0), false);
  await assert.rejects(setUrl(stack.deps, trigger, null, version - 1), { name: 'UserError', kind: 'stale' });
  await setUrl(stack.deps, trigger, null, version);
  const page = await history.read(1);
  assert.partialDeepStrictEqual(page.entries[0], {
    trigger,
    what: 'url',
    from: 'http://127.0.0.1:9000/one',
    to: null,
  });
  const [before] = (await history.read(1, page.next)).entries;
  assert.partialDeepStrictEqual(before, { trigger, from: null, to: 'http://127.0.0.1:9000/one' });
});

test('keeps the time of the first failure until a delivery', async () => {
  const { triggersTable: table } = stack.deps;
  const trigger = 'followup.delete';
  const since = async () => (await table.read([trigger])).get(trigger)?.failingSince;
  await table.countFailure(trigger, 1_000);
  await table.countFailure(trigger, 2_000);
  assert.equal(await since(), 1_000);
  await table.clearFailures(trigger, 3_000);
  assert.equal(await since(), undefined);
});
