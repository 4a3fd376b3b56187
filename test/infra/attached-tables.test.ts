import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { CrmTriggersConsoleStack } from '../../infra/console-stack.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { newApp } from '../support/app.ts';
import { all, main, only, type Properties, synth } from '../support/template.ts';

const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Accounts';
const stream = `${table}/stream/2025-01-01T00:00:00.000`;
const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234-abcd';
const customer = { stream, names: { AccountID: 'account_id' }, ignore: ['updatedAt'], key };
const attached = synth(undefined, { main: { tables: { customer }, silencedBy: 'writtenBy' } });

const capture = (template: Template) =>
  only(all('AWS::Lambda::Function', template).filter(([id]) => id.startsWith('CaptureCustomer')))[1];
const statements = (template: Template, role: string): Properties[] =>
  all('AWS::IAM::Policy', template).flatMap(([id, { PolicyDocument }]) =>
    id.startsWith(role) ? PolicyDocument.Statement : [],
  );

test('does not create or delete an attached table, and maps its stream to one function', () => {
  const tableIds = (template: Template) => all('AWS::DynamoDB::GlobalTable', template).map(([id]) => id);
  assert.deepEqual(
    tableIds(main).filter((id) => !tableIds(attached).includes(id)),
    tableIds(main).filter((id) => id.startsWith('TablesCustomer')),
  );
  const sources = all('AWS::Lambda::EventSourceMapping', attached).filter(([, p]) => p.EventSourceArn === stream);
  assert.match(only(sources)[1].FunctionName.Ref, /^CaptureCustomer/);
  assert.equal(attached.toJSON().Outputs.CustomerTable.Value, 'Accounts');
});

test('capture may only read the stream of an attached table and use its key', () => {
  const granted = statements(attached, 'CaptureCustomer').flatMap(({ Action, Resource }) =>
    [Resource]
      .flat()
      .filter((resource) => [stream, table, key].includes(resource))
      .flatMap((resource) => [Action].flat().map((action) => `${action} ${resource}`)),
  );
  assert.deepEqual(granted.sort(), [
    `dynamodb:DescribeStream ${stream}`,
    `dynamodb:GetRecords ${stream}`,
    `dynamodb:GetShardIterator ${stream}`,
    `kms:Decrypt ${key}`,
    `kms:DescribeKey ${key}`,
  ]);
});

test('the console may read rows of an attached table and use its key', () => {
  const stages = { main: { tables: { customer } } };
  const app = newApp({ stages });
  const console = new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', new CrmTriggersStack(app, 'CrmTriggers'));
  const granted = statements(Template.fromStack(console), 'FunctionRole').filter(({ Resource }) =>
    [Resource].flat().some((resource) => [table, key].includes(resource)),
  );
  assert.deepEqual(
    granted.map(({ Action }) => Action),
    [['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Scan'], 'kms:Decrypt'],
  );
});

test('capture and the command line get the same row rules, which are empty by default', () => {
  const rules = { names: { AccountID: 'account_id' }, ignore: ['updatedAt'], silencedBy: 'writtenBy' };
  assert.deepEqual(JSON.parse(capture(attached).Environment.Variables.ROW_RULES), rules);
  const { customer: reported, task } = JSON.parse(attached.toJSON().Outputs.RowRules.Value);
  assert.deepEqual([reported, task], [rules, { silencedBy: 'writtenBy' }]);
  const { ROW_RULES, RECORD_LIMIT } = capture(main).Environment.Variables;
  assert.deepEqual([ROW_RULES, RECORD_LIMIT], ['{}', 'null']);
});

test('capture may count changes only with the setting recordLimit', () => {
  const counts = (template: Template) =>
    statements(template, 'CaptureCustomer').some(({ Action }) => [Action].flat().includes('dynamodb:UpdateItem'));
  const limited = synth(undefined, { main: { recordLimit: { changes: 10, perSeconds: 60 } } });
  assert.deepEqual([counts(limited), counts(main)], [true, false]);
  assert.equal(capture(limited).Environment.Variables.RECORD_LIMIT, '{"changes":10,"perSeconds":60}');
});

const tables = (of: Properties) => ({ tables: of });
const wrong: [title: string, settings: Properties, reported: RegExp][] = [
  ['a table without a stream', tables({ task: {} }), /^.*\.tables\.task\.stream in cdk\.json: .*$/],
  ["a table's ARN for its stream's", tables({ task: { stream: table } }), /tables\.task\.stream .*: .*LatestStreamArn/],
  [
    'a name for an unknown ID',
    tables({ task: { stream, names: { CaseID: 'c' } } }),
    /tables\.task\.names .*: expected only the IDs AccountID, TaskID\.$/,
  ],
  [
    'one attribute for two IDs',
    tables({ task: { stream, names: { TaskID: 'AccountID' } } }),
    /tables\.task\.names .*: two IDs have the same attribute/,
  ],
  [
    'an alias instead of a key ARN',
    tables({ task: { stream, key: 'alias/crm' } }),
    /tables\.task\.key .*: expected the ARN of a KMS key/,
  ],
  [
    'one table for two entities',
    tables({ task: { stream }, case: { stream } }),
    /\.tables in .*: two entities have the same table/,
  ],
  ['an unknown entity', tables({ tasks: { stream } }), /\.tables in cdk\.json: .*tasks/],
  ['an empty attribute name', { silencedBy: '' }, /\.silencedBy in cdk\.json: /],
  ['a record limit of zero', { recordLimit: { changes: 0, perSeconds: 60 } }, /\.recordLimit\.changes in cdk\.json: /],
];

for (const [title, settings, reported] of wrong)
  test(`rejects ${title} with one line that names the setting`, () => {
    assert.throws(
      () => synth(undefined, { main: settings }),
      ({ message }: Error) =>
        message.startsWith('Setting stages.main.') && reported.test(message) && !/\n/.test(message),
    );
  });
