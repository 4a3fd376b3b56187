import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { demonstration } from '../../cli/local/demonstration.ts';
import { triggers } from '../../functions/core/entity.ts';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { streamRecord } from '../support/records.ts';
import { callsWith, setUrls, stack, uniqueId } from './stack.ts';

test('calls each of the eleven triggers with its formatted string, and makes no call for a followup edit', async () => {
  await using server = await receiver();
  await setUrls(server.origin, ...triggers);
  const id = uniqueId('demo');
  const demoSteps = demonstration(id);
  for (const { action, entity, row } of demoSteps) await stack.agent.do(action, entity, row);
  const expected = demoSteps.flatMap(({ expected }) =>
    expected ? [`/${expected.trigger}${expected.formattedString}`] : [],
  );
  // A call for the followup's edit would arrive before the call for its delete, because both are of one record.
  const targets = () => callsWith(server, id).map(({ target }) => target);
  await until('eleven calls', () => new Set(targets()).size >= 11);
  assert.deepEqual(targets().sort(), expected.sort());
  for (const { target, headers } of callsWith(server, id)) {
    assert.equal(`/${headers['crm-trigger']}`, target.split('?')[0]);
    assert.match(headers['webhook-id'] as string, /^msg_[0-9a-f]{32}$/);
    assert.match(headers['crm-trigger-sequence'] as string, /^\d+$/);
  }
});

test('delivers all changes of 200 records, in order per record', {
  timeout: 400_000,
}, async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'task.create', 'task.edit', 'task.delete');
  const account = uniqueId('order');
  const rows = Array.from({ length: 200 }, (_, n) => ({ AccountID: account, TaskID: `t${n}` }));
  for (let from = 0; from < rows.length; from += 20)
    await Promise.all(
      rows.slice(from, from + 20).map(async (row) => {
        for (const action of ['create', 'edit', 'delete'] as const) await stack.agent.do(action, 'task', row);
      }),
    );
  const calls = () => callsWith(server, account);
  await until('600 calls', () => new Set(calls().map(({ headers }) => headers['webhook-id'])).size >= 600, 300_000);
  for (const { TaskID } of rows) {
    const ofRecord = calls().filter(({ target }) => target.endsWith(`&TaskID=${TaskID}`));
    assert.deepEqual(
      ofRecord.map(({ headers }) => headers['crm-trigger']),
      ['task.create', 'task.edit', 'task.delete'],
      TaskID,
    );
    const sequences = ofRecord.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
    assert.ok(sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] as bigint)));
  }
});

test('makes no call for an edit without changes or for a row that time to live removes', {
  timeout: 200_000,
}, async () => {
  await using server = await receiver();
  // The create has a URL too, because a failed create would delay the later notifications of its record.
  await setUrls(server.origin, 'case.create', 'case.edit', 'case.delete');
  const dynamodb = new DynamoDBClient();
  const TableName = stack.outputs.CaseTable;
  const row = (prefix: string) => ({ AccountID: uniqueId(prefix), CaseID: 'c' });
  const [same, byService] = [row('same'), row('by-service')];
  const item = (of: typeof same) => ({ AccountID: { S: of.AccountID }, CaseID: { S: of.CaseID } });
  const callsFor = (of: typeof same) => callsWith(server, of.AccountID).map(({ target }) => target.split('?')[0]);

  await stack.agent.do('create', 'case', same);
  for (let n = 0; n < 2; n++) await dynamodb.send(new PutItemCommand({ TableName, Item: item(same) }));
  await stack.agent.do('edit', 'case', same);
  await stack.agent.do('delete', 'case', same);
  await until('the call for the delete', () => callsFor(same).includes('/case.delete'));
  assert.deepEqual(callsFor(same), ['/case.create', '/case.edit', '/case.delete']);

  // Emulators do not remove expired rows like AWS, so the test invokes the function with such a record. A call for it would arrive
  // before the call for the agent's delete, because both are of one record.
  const lambda = new LambdaClient();
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
  const FunctionName = Functions.find((f) => f.FunctionName?.includes('CaptureCase'))?.FunctionName;
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const expired = uniqueId('expired');
  const Records = [
    streamRecord('case', 'REMOVE', byService, { userIdentity, eventID: expired }),
    streamRecord('case', 'REMOVE', byService, { eventID: uniqueId('deleted') }),
  ];
  const { FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
  );
  assert.equal(FunctionError, undefined);
  await until('the call for the delete by an agent', () => callsFor(byService).length > 0);
  assert.deepEqual(callsFor(byService), ['/case.delete']);
});
