import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { DynamoDBInMemory } from '../model/dynamodb.ts';

/** A table in which one trigger has a secret. */
function table() {
  const asked: string[] = [];
  const send = async ({ input }: BatchGetItemCommand) => {
    const keys = (input.RequestItems?.T?.Keys ?? []).map(({ trigger }) => trigger?.S ?? '');
    asked.push(keys.join());
    const item = { trigger: { S: 'case.edit' }, content: { S: '{"secret":"whsec_a"}' }, version: { N: '1' } };
    return { Responses: { T: keys.includes('case.edit') ? [item] : [] } };
  };
  return { asked, dynamodb: { send } as unknown as DynamoDBClient };
}

test("reads a trigger's secrets once for parallel calls, and again after five seconds", async () => {
  const { asked, dynamodb } = table();
  let now = 0;
  const secrets = new Secrets('T', dynamodb, () => now);
  const [one, other] = await Promise.all([secrets.of('case.edit'), secrets.of('case.edit')]);
  assert.deepEqual([one.secret, other.secret, asked], ['whsec_a', 'whsec_a', ['case.edit']]);
  now = 4_999;
  await secrets.of('case.edit');
  assert.equal(asked.length, 1);
  now = 5_000;
  await secrets.of('case.edit');
  assert.equal(asked.length, 2);
});

test('reads the secrets of a trigger without secrets again after a second', async () => {
  const { asked, dynamodb } = table();
  let now = 0;
  const secrets = new Secrets('T', dynamodb, () => now);
  assert.deepEqual(await secrets.of('task.edit'), { replaced: [], headers: {}, version: 0 });
  const before = asked.length;
  now = 999;
  await secrets.of('task.edit');
  assert.equal(asked.length, before);
  now = 1_000;
  await secrets.of('task.edit');
  assert.equal(asked.length, before + 1);
});

test('reads all that was written: secrets, headers, an OAuth client and a certificate', async () => {
  const secrets = new Secrets('T', new DynamoDBInMemory({ T: ['trigger'] }).client());
  const oauth = { tokenUrl: 'https://id.example.com/', clientId: 'us', clientSecret: 's', scope: 'a', audience: 'b' };
  const certificate = { cert: 'C', key: 'K', subject: 'CN=us', issuer: 'CN=ca', expiresAt: 9 };
  const replaced = [{ secret: 'whsec_b', until: 5 }];
  const written = { secret: 'whsec_a', replaced, headers: { 'x-a': 'b' }, oauth, certificate };
  assert.equal(await secrets.change('case.edit', () => written), true);
  assert.deepEqual((await secrets.read(['case.edit'])).get('case.edit'), { ...written, version: 1 });
});
