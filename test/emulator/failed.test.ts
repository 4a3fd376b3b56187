import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Trigger } from '../../functions/core/entity.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { clear } from '../../functions/operations/set-url.ts';
import { cli } from '../support/cli.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';
import { callsWith, setUrls, stack, uniqueId } from './stack.ts';

test('moves records without a valid ID to Failed with the reason, delays no other record, and redelivers a fixed one', async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'followup.create');
  const dynamodb = new DynamoDBClient();
  const put = (FollowupID: string, account: object) =>
    dynamodb.send(
      new PutItemCommand({
        TableName: stack.outputs.FollowupTable,
        Item: { CaseID: { S: 'c' }, FollowupID: { S: FollowupID }, ...account } as never,
      }),
    );
  const run = uniqueId('bad');
  await put(`${run}-1`, {});
  await put(`${run}-2`, { AccountID: { S: '' } });
  await put(`${run}-3`, { AccountID: { L: [{ S: 'a' }] } });
  await put(`${run}-4`, { AccountID: { B: Buffer.from('a') } });
  await put(`${run}-5`, { AccountID: { N: '12.50' } });
  const called = () => callsWith(server, run).map(({ target }) => target);
  await until('the call for the valid record', () => called().length > 0);
  assert.deepEqual(called(), [`/followup.create?AccountID=12.5&CaseID=c&FollowupID=${run}-5`]);
  const mine = async () =>
    (await failed(stack.deps, { trigger: 'followup.create' })).filter((f) => JSON.stringify(f.keys).includes(run));
  await until('four notifications in Failed', async () => (await mine()).length === 4);
  assert.deepEqual((await mine()).map(({ reason }) => reason).sort(), [
    'AccountID is a list; an id is a string or a number',
    'AccountID is binary; an id is a string or a number',
    'AccountID is empty',
    'AccountID is missing',
  ]);

  await clear(stack.deps, 'followup.create');
  await put(`${run}-1`, { AccountID: { S: 'fixed' } });
  await setUrls(server.origin, 'followup.create');
  const redelivered = await redeliver(stack.deps, await mine());
  assert.deepEqual(redelivered.map(({ rejected }) => rejected?.split(':')[0]).sort(), [
    'AccountID is a list; an id is a string or a number',
    'AccountID is binary; an id is a string or a number',
    'AccountID is empty',
    undefined,
  ]);
  await until('the call for the fixed record', () => server.calls.some(({ target }) => target.includes('=fixed&')));
  await redeliver(stack.deps, []);
  for (const f of await mine()) await stack.deps.backlog.forget(f);
});

test('redelivers a failed notification with the same ID', async () => {
  let status = 200;
  await using server = await receiver((_, response) => response.writeHead(status).end());
  await setUrls(server.origin, 'case.delete');
  const id = uniqueId('again');
  const n = notification({ trigger: 'case.delete', formattedString: `?AccountID=${id}&CaseID=c` });
  const why = { reason: 'HTTP 500', attempts: 5, failedAt: Date.now() };
  await stack.deps.backlog.fail({ ...n, ...why, notification: n });
  const listed = JSON.parse((await cli('failed', '--trigger', 'case.delete', '--json')).stdout);
  assert.partialDeepStrictEqual(listed, [{ id: n.id, reason: 'HTTP 500', attempts: 5 }]);
  assert.match(
    (await cli('redeliver', n.id)).stdout,
    /^msg_\w+ {2}case\.delete\n1 would be sent again: add --yes\.\n$/,
  );
  assert.equal(callsWith(server, id).length, 0);
  status = 204;
  assert.match((await cli('redeliver', '--trigger', 'case.delete', '--yes')).stdout, /^1 of 1 are sent again\.\n$/);
  await until('the call', () => callsWith(server, id).length === 1);
  assert.equal(callsWith(server, id)[0]?.headers['webhook-id'], n.id);
  assert.match((await cli('failed', '--trigger', 'case.delete')).stdout, /^Nothing has failed\.\n$/);
  assert.match((await cli('redeliver')).stderr, /^No notification is chosen\. /);
  assert.match((await cli('redeliver', 'msg_none')).stderr, /^No notification in Failed matches\. /);
  assert.match((await cli('failed', '--since', 'soon')).stderr, /^"soon" is no time\. /);
});

test('moves an unreadable message to the dead-letter queue, from which it can be sent back', async () => {
  const MessageBody = JSON.stringify({ v: 99, from: uniqueId('the-future') });
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const MessageGroupId = uniqueId('group');
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.outputs.DeliveryQueueUrl,
      MessageGroupId,
      MessageDeduplicationId: MessageGroupId,
      MessageBody,
    }),
  );
  await until('the message is a dead letter', async () => /not of version 1/.test((await cli('dead-letters')).stdout));
  // Other tests leave dead letters too.
  await until('the message is sent back', async () =>
    /^[1-9]\d* sent back, \d+ left\./m.test((await cli('dead-letters', '--send-back')).stdout),
  );
  await until('the message is a dead letter again', async () =>
    /not of version 1/.test((await cli('dead-letters')).stdout),
  );
});

test('makes no call and stores nothing for a trigger without a URL', async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'customer.create', 'customer.edit');
  await clear(stack.deps, 'customer.create');
  const failedOf = async (AccountID: string) =>
    (await failed(stack.deps, { trigger: 'customer.create' })).filter((f) =>
      f.notification?.formattedString.endsWith(AccountID),
    );
  // Capture reads the cleared URL within 5 s. The edit is of the same record, so the create is handled when the edit arrives.
  await until('a create leaves nothing in Failed', async () => {
    const AccountID = uniqueId('no-url');
    await stack.agent.do('create', 'customer', { AccountID });
    await stack.agent.do('edit', 'customer', { AccountID });
    await until('the call for the edit', () =>
      callsWith(server, AccountID).some(({ target }) => target.startsWith('/customer.edit')),
    );
    return (await failedOf(AccountID)).length === 0;
  });
  assert.ok(callsWith(server, 'no-url').every(({ headers }) => headers['crm-trigger'] === 'customer.edit'));
  assert.equal(await stack.deps.backlog.count('customer.create', 'held'), 0);
  for (const f of await failed(stack.deps, { trigger: 'customer.create' })) await stack.deps.backlog.forget(f);
});

// After the test before, so that capture knows that customer.create has no URL.
test('backfills the create of every row, after a dry run', async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'customer.edit');
  const mark = uniqueId('backfill');
  for (let i = 0; i < 5; i++) await stack.agent.do('create', 'customer', { AccountID: `${mark}-${i}`, mark });
  for (let i = 0; i < 5; i++) await stack.agent.do('edit', 'customer', { AccountID: `${mark}-${i}` });
  const callsOf = (trigger: Trigger) =>
    server.calls.filter((c) => c.target.startsWith(`/${trigger}?AccountID=${mark}`));
  await until('the calls for the edits', () => callsOf('customer.edit').length >= 5);
  assert.equal(callsOf('customer.create').length, 0);
  await setUrls(server.origin, 'customer.create');
  const since = ['--since', mark, '--by', 'mark'];
  assert.match((await cli('backfill', 'customer.create', ...since)).stdout, /^5 would be sent: add --yes\.\n$/);
  assert.match((await cli('backfill', 'customer.create', ...since, '--yes')).stdout, /^5 sent\n$/);
  await until('five calls', () => callsOf('customer.create').length >= 5);
  assert.match(
    (await cli('backfill', 'customer.delete')).stderr,
    /^A deleted customer has no row to send\. Backfill customer\.create\./,
  );
  assert.match(
    (await cli('backfill', 'customer.create', '--pace', '0')).stderr,
    /^--pace is a number of notifications per second/,
  );
});
