import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { set } from '../../functions/operations/set-url.ts';
import { root } from '../../infra/folders.ts';
import { adminWorld } from '../support/admin-world.ts';
import { statementsOf, withPolicies } from '../support/cli-policies.ts';
import { all, main, type Properties, plain } from '../support/template.ts';

test('there are no policies without the setting cliPolicies', () => {
  assert.deepEqual(all('AWS::IAM::ManagedPolicy', main), []);
});

test('the stack outputs the ARNs of both policies', () => {
  const { ViewerPolicyArn, AdminPolicyArn } = withPolicies.toJSON().Outputs;
  assert.deepEqual(
    [ViewerPolicyArn, AdminPolicyArn].map(({ Value }) => plain(Value.Ref)),
    ['CliPoliciesViewer', 'CliPoliciesAdmin'],
  );
});

/** The services of the AWS SDK's clients in IAM actions. */
const services: Readonly<Record<string, string>> = { eventbridge: 'events' };

/** Commands whose actions have another name. */
const actionNames: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** Requests without a client of the AWS SDK. */
const signedRequests = ['lambda:InvokeFunction'];

/** The command line never makes these requests: deliver parks notifications, and the history identifies every caller. */
const neverMade = ['dynamodb:BatchWriteItem', 'sts:GetCallerIdentity'];

test('admins may do exactly what the commands request', () => {
  const sources = globSync(['functions/{adapters,operations}/**/*.ts', 'cli/*.ts'], { cwd: root }).filter(
    // It needs the permissions of a deployment.
    (file) => !file.includes('before-deploy'),
  );
  const requested = sources.flatMap((file) => {
    const text = readFileSync(`${root}/${file}`, 'utf8');
    return [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
      ([, names = '', client = '']) =>
        [...names.matchAll(/(?<!type )\b(\w+)Command\b/g)].map(
          ([, name = '']) => `${services[client] ?? client}:${actionNames[name] ?? name}`,
        ),
    );
  });
  const wanted = new Set([...signedRequests, ...requested].filter((action) => !neverMade.includes(action)));
  const allowed = new Set(statementsOf('Admin').flatMap(({ actions }) => actions));
  for (const action of allowed) if (action.startsWith('kms:')) allowed.delete(action);
  wanted.delete('kms:DescribeKey');
  assert.deepEqual([...allowed].sort(), [...wanted].sort());
});

test('viewers may make each request of list, log, failed, history and export, and no command that changes something', async () => {
  const sqs = { send: async () => ({ Attributes: {} }) };
  const world = adminWorld({ sqs });
  await set(world.deps, 'task.edit', 'https://ada:pw@example.com/?k=v');
  world.requests.length = 0;
  for (const name of ['list', 'log', 'failed', 'history', 'export'] as const)
    await commands[name]?.run(world.deps, [], {});
  const statements = statementsOf('Viewer');
  const tables: Readonly<Record<string, string>> = {
    triggers: 'TablesTriggers',
    backlog: 'TablesBacklog',
    audit: 'TablesAudit',
    log: 'TablesDeliveryLog',
    secrets: 'TablesSecrets',
  };
  const made = world.requests.map(({ name, input }) => {
    const [table = '', keys] = input.RequestItems
      ? (Object.entries(input.RequestItems)[0] as [string, Properties])
      : [input.TableName, input];
    return {
      action: `dynamodb:${name}`,
      table: tables[table] ?? table,
      read: Object.values(keys.ExpressionAttributeNames ?? {}),
    };
  });
  const rejected = made.filter(
    ({ action, table, read }) =>
      !statements.some(
        ({ actions, resources, attributes }) =>
          actions.includes(action) &&
          resources.includes(table) &&
          (attributes === undefined || (read.length > 0 && read.every((name) => attributes.includes(name as string)))),
      ),
  );
  // The names of custom headers are left out when this read is denied.
  assert.deepEqual(
    rejected.map(({ action, table }) => `${action} ${table}`),
    ['dynamodb:BatchGetItem TablesSecrets'],
  );
  assert.ok(made.length >= 10);
  const actions = statements.flatMap(({ actions }) => actions);
  assert.deepEqual(
    actions.filter((action) => /Update|Delete|Send|Receive|Invoke|Write|GetItem$/.test(action)),
    ['dynamodb:BatchGetItem'],
  );
  const attributes = statements.flatMap(({ attributes = [] }) => attributes);
  assert.ok(attributes.includes('shownUrl') && !attributes.includes('url'));
});

test('list shows no names of custom headers where the table of secrets may not be read', async () => {
  const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
  const world = adminWorld({ sqs: { send: async () => ({ Attributes: {} }) } });
  const secrets = { read: () => Promise.reject(denied) };
  const { json } = (await commands.list?.run({ ...world.deps, secrets } as never, [], {})) ?? assert.fail();
  assert.equal((json as unknown[]).length, 11);
  assert.doesNotMatch(JSON.stringify(json), /"headers":\[[^\]]/);
});
