import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchGetItemCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SET_ATTRIBUTES } from '../../functions/adapters/trigger-rows.ts';
import { checkReads, trustingAccount } from './steps/attributes.ts';

/** The attributes that a request lists; none if it reads whole items. */
function listed({ RequestItems = {} }: BatchGetItemCommandInput): string[] {
  const { ProjectionExpression = '', ExpressionAttributeNames = {}, AttributesToGet } = RequestItems.table ?? {};
  if (AttributesToGet) return AttributesToGet;
  return ProjectionExpression.split(/,\s*/)
    .filter(Boolean)
    .map((name) => ExpressionAttributeNames[name] ?? name);
}

/** DynamoDB with a rule for the attributes that may be read. */
function tableThat(allows: (attributes: readonly string[]) => boolean): DynamoDBClient {
  const send = async ({ input }: { input: BatchGetItemCommandInput }) => {
    if (allows(listed(input))) return { Responses: { table: [] }, UnprocessedKeys: {} };
    throw Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
  };
  return { send } as unknown as DynamoDBClient;
}

const isOwn = (name: string) => (SET_ATTRIBUTES as readonly string[]).includes(name);

test('succeeds where only the attributes of capture may be read', async () => {
  const proven = await checkReads(
    'table',
    tableThat((names) => names.length > 0 && names.every(isOwn)),
  );
  assert.match(proven, /denies 5 reads/);
});

for (const [title, allows, message] of [
  ['the condition is ignored', () => true, /all attributes with the role of capture is not denied: allowed/],
  ['a read without a list of attributes is allowed', (names) => names.every(isOwn), /^a read of all attributes/],
  [
    'one allowed attribute is enough',
    (names) => names.some(isOwn) && !names.includes('shownUrl'),
    /^a read of the URLs beside allowed attributes/,
  ],
] as [string, (names: readonly string[]) => boolean, RegExp][])
  test(`fails where ${title}`, async () => {
    await assert.rejects(checkReads('table', tableThat(allows)), { message });
  });

test("fails where capture's own read is denied", async () => {
  await assert.rejects(
    checkReads(
      'table',
      tableThat(() => false),
    ),
    /denied/,
  );
});

test('adds the account of the role to its trust policy', () => {
  const lambda = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const before = JSON.stringify({ Version: '2012-10-17', Statement: [lambda] });
  assert.deepEqual(JSON.parse(trustingAccount(before, 'arn:aws-us-gov:iam::111122223333:role/x')), {
    Version: '2012-10-17',
    Statement: [
      lambda,
      { Effect: 'Allow', Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' }, Action: 'sts:AssumeRole' },
    ],
  });
});
