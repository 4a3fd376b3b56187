import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Emulator } from '../../cli/local/emulator.ts';
import { startMiniStack } from '../../cli/local/ministack.ts';
import { SET_ATTRIBUTES, SHOWN_ATTRIBUTES } from '../../functions/adapters/trigger-rows.ts';
import { withPolicies } from '../support/cli-policies.ts';
import { interrupted } from '../support/processes.ts';
import { all, only, type Properties, plain } from '../support/template.ts';

const TableName = 'triggers';
const region = 'us-east-1';
const root = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The statement with the condition in a policy of the template, for the table of this test. */
function conditionIn(type: string, name: string): Properties {
  const [, { PolicyDocument }] = only(all(type, withPolicies).filter(([id]) => plain(id) === name));
  const found = only((PolicyDocument.Statement as Properties[]).filter(({ Condition }) => Condition !== undefined));
  assert.equal(found.Action, 'dynamodb:BatchGetItem');
  // MiniStack knows the attributes of a GetItem request only.
  return { ...found, Action: 'dynamodb:GetItem', Resource: '*' };
}

const readers: [who: string, attributes: readonly string[], statement: Properties][] = [
  ['capture', SET_ATTRIBUTES, conditionIn('AWS::IAM::Policy', 'CaptureCaseFunctionRoleDefaultPolicy')],
  ['viewers of the command line', SHOWN_ATTRIBUTES, conditionIn('AWS::IAM::ManagedPolicy', 'CliPoliciesViewer')],
];

describe('MiniStack, which here enforces IAM policies', () => {
  let emulator: Emulator;
  before(async () => {
    process.env.AUTH = 'true';
    emulator = await startMiniStack(interrupted, 0);
    const dynamodb = new DynamoDBClient({ endpoint: emulator.endpoint, region, credentials: root });
    const key = { AttributeName: 'trigger' } as const;
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ ...key, KeyType: 'HASH' }],
        AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
      }),
    );
    const url = 'https://ada:MARKER@example.com/';
    const item = { trigger: 'task.edit', url, shownUrl: 'https://ada:***@example.com/', isSet: true, urlVersion: 1 };
    await dynamodb.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  });
  after(() => emulator?.stop());

  /** A client of a user whose only policy has this statement. */
  async function clientWith(UserName: string, Statement: Properties) {
    const iam = new IAMClient({ endpoint: emulator.endpoint, region, credentials: root });
    await iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    const credentials = { accessKeyId, secretAccessKey };
    return new DynamoDBClient({ endpoint: emulator.endpoint, region, credentials, maxAttempts: 1 });
  }

  /** Reads the item, or some of its attributes. @returns The item, or the name of the error. */
  async function read(client: DynamoDBClient, attributes?: readonly string[]) {
    const names = attributes?.map((name, index) => [`#${index}`, name] as const);
    const projection = names && {
      ProjectionExpression: names.map(([placeholder]) => placeholder).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names),
    };
    const request = new GetItemCommand({ TableName, Key: { trigger: { S: 'task.edit' } }, ...projection });
    return client.send(request).then(
      ({ Item = {} }) => unmarshall(Item),
      ({ name }) => name as string,
    );
  }

  for (const [index, [who, attributes, statement]] of readers.entries())
    test(`denies ${who} the URL and every read without a list of allowed attributes`, async () => {
      const client = await clientWith(`reader-${index}`, statement);
      const item = await read(client, attributes);
      assert.equal(Object(item).isSet, true);
      assert.equal(Object(item).url, undefined);
      for (const wanted of [undefined, ['url'], ['url', ...attributes], [...attributes, 'other']])
        assert.equal(await read(client, wanted), 'AccessDeniedException', String(wanted));
    });

  test('returns the URL when a part of the condition is missing, so that the tests above can fail', async () => {
    const [, , statement] = readers[0] ?? assert.fail();
    const { StringEqualsIfExists: _, ...withoutSelect } = statement.Condition;
    const client = await clientWith('part', { ...statement, Condition: withoutSelect });
    assert.match(Object(await read(client)).url, /MARKER/);
    const open = await clientWith('open', { ...statement, Condition: undefined });
    assert.match(Object(await read(open, ['url'])).url, /MARKER/);
  });
});
