import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { beforeDeploy } from '../../functions/operations/doctor/before-deploy.ts';

const account = '123456789012';
const arn = `arn:aws:dynamodb:eu-west-1:${account}:table/Cases`;
const stream = `${arn}/stream/now`;
const key = `arn:aws:kms:eu-west-1:${account}:key/1234-abcd`;
const readBy = (...names: string[]) =>
  names.map((name) => ({ FunctionArn: `arn:aws:lambda:eu-west-1:${account}:function:${name}` }));
const policy = (AWS: string) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }] });

/** The responses of AWS without faults, by the name of the request. An error is thrown. */
const well: Record<string, unknown> = {
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 1000 } },
  ListEventSourceMappings: { EventSourceMappings: readBy('other', 'CrmTriggers-CaptureCase-1') },
  ListServiceQuotas: { Quotas: [{ QuotaName: 'Concurrent executions', Value: 1000 }] },
  ListTables: { TableNames: ['Cases'] },
  GetServiceQuota: { Quota: { Value: 2500 } },
  GetParameter: { Parameter: { Value: '28' } },
  DescribeTable: { Table: { LatestStreamArn: stream, SSEDescription: { KMSMasterKeyArn: key } } },
  DescribeKey: { KeyMetadata: { KeyManager: 'CUSTOMER' } },
  GetKeyPolicy: { Policy: policy(`arn:aws:iam::${account}:root`) },
};

const settings = { tables: { case: { stream, key } } };

function asked(responses: Record<string, unknown>, chosen: Parameters<typeof beforeDeploy>[1] = settings) {
  const client = {
    async send({ constructor: { name } }: object) {
      const response = { ...well, ...responses }[name.replace(/Command$/, '')] ?? assert.fail(name);
      if (response instanceof Error) throw response;
      return response;
    },
  };
  // The SDK's paginators look at the class of a client.
  const clients = new Proxy(
    {},
    { get: (_, name) => Object.assign(Object.create(prototypes[String(name)] ?? null), client) },
  );
  return beforeDeploy('main', chosen, clients as Parameters<typeof beforeDeploy>[2]);
}

const prototypes: Record<string, object> = {
  dynamodb: DynamoDBClient.prototype,
  lambda: LambdaClient.prototype,
  quotas: ServiceQuotasClient.prototype,
};

const named = (name: string) => Object.assign(new Error('no'), { name });

test('an account and an attached table without problems have no finding', async () => {
  assert.deepEqual(await asked({}), { findings: [], inconclusive: [] });
});

const cases: [title: string, responses: Record<string, unknown>, what: RegExp, fix: RegExp][] = [
  [
    'a new account with ten functions at once',
    { GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10 } } },
    /^Lambda runs at most 10 functions at once here, and deliver alone may take 100/,
    /^aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 .*at most 5$/,
  ],
  [
    'an account that was never bootstrapped',
    { GetParameter: named('ParameterNotFound') },
    /not bootstrapped/,
    /^npx cdk bootstrap$/,
  ],
  [
    'an old bootstrap',
    { GetParameter: { Parameter: { Value: '5' } } },
    /has version 5, .* needs 6/,
    /^npx cdk bootstrap$/,
  ],
  [
    'an account with hardly any room for event source mappings',
    { ListServiceQuotas: { Quotas: [{ QuotaName: 'Event source mappings', Value: 6 }] } },
    /has 2 of 6 event source mappings, and a deployment makes 5/,
    /servicequotas/,
  ],
  [
    'an account with hardly any room for tables',
    { GetServiceQuota: { Quota: { Value: 7 } } },
    /has 1 of 7 tables, and a deployment makes 7/,
    /--service-code dynamodb --quota-code L-F98FE922 --desired-value 8$/,
  ],
  [
    'an attached stream with two readers already',
    { ListEventSourceMappings: { EventSourceMappings: readBy('one', 'two', 'CrmTriggers-CaptureCase-1') } },
    /^2 functions read its stream already/,
    /list-event-source-mappings --event-source-arn/,
  ],
  [
    'an attached table that is not there',
    { DescribeTable: named('ResourceNotFoundException') },
    /not there/,
    /tables\.case\.stream/,
  ],
  [
    'a stream that was turned off and on',
    { DescribeTable: { Table: { LatestStreamArn: `${arn}/stream/later` } } },
    /is not the table's: .*later$/,
    /^set tables\.case\.stream .*later$/,
  ],
  [
    'a key that cdk.json does not name',
    {
      DescribeTable: { Table: { LatestStreamArn: stream, SSEDescription: { KMSMasterKeyArn: `${key}5` } } },
    },
    /encrypted by .*5, which capture may not use/,
    /^set tables\.case\.key .*5$/,
  ],
  [
    'a key whose policy names one role',
    { GetKeyPolicy: { Policy: policy(`arn:aws:iam::${account}:role/one`) } },
    /does not let IAM decide/,
    /kms:Decrypt to arn:aws:iam::123456789012:root/,
  ],
];

for (const [title, responses, what, fix] of cases)
  test(`finds ${title}, and nothing else, with its fix`, async () => {
    const { findings, inconclusive } = await asked(responses);
    assert.deepEqual([findings.length, inconclusive], [1, []], JSON.stringify(findings));
    assert.match(findings[0]?.what ?? '', what);
    assert.match(findings[0]?.fix ?? '', fix);
  });

test('a check without permission is listed, and is not a finding', async () => {
  const { findings, inconclusive } = await asked({ GetParameter: named('AccessDeniedException') }, {});
  assert.deepEqual(findings, []);
  assert.deepEqual(inconclusive, [{ where: 'the bootstrap version', because: 'AWS rejects: no' }]);
});
