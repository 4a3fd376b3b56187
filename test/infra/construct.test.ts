import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { entityNames } from '../../functions/core/entity.ts';
import { outputNames } from '../../functions/operations/deployment.ts';
import { CrmTriggers } from '../../infra/crm-triggers.ts';
import { CrmTriggersConsole } from '../../infra/crm-triggers-console.ts';
import type { CrmTriggersProps } from '../../infra/crm-triggers-props.ts';
import { all, only, type Properties } from '../support/template.ts';

const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Accounts';
const stream = `${arn}/stream/2025-01-01T00:00:00.000`;
const partitionKey = { name: 'id', type: AttributeType.STRING };

/** A stack of somebody else's app, whose cdk.json knows nothing of crm-triggers. */
const newStack = (id = 'Shop') =>
  new Stack(
    new App({
      context: { 'aws:cdk:bundling-stacks': [] },
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    }),
    id,
  );

type PropsIn = (stack: Stack) => CrmTriggersProps;

function construct(props: PropsIn = () => ({})) {
  const stack = newStack();
  const triggers = new CrmTriggers(stack, 'Crm', props(stack));
  return { stack, triggers };
}

const template = (props?: PropsIn) => Template.fromStack(construct(props).stack);

describe('CrmTriggers in a stack of another app', () => {
  test('has the outputs by which the command line finds its resources', () => {
    const { Outputs } = template().toJSON();
    assert.deepEqual(Object.keys(Outputs).sort(), [...outputNames].sort());
  });

  test('publishes its values and metrics under the name of its stack', () => {
    const names = all('AWS::SSM::Parameter', template()).map(([, { Name }]) => Name);
    assert.ok(names.length > 10);
    for (const name of names) assert.match(name, /^\/crm-triggers\/Shop\//);
  });

  test('exposes its resources', () => {
    const { triggers } = construct();
    assert.deepEqual(Object.keys(triggers.crmTables), entityNames);
    assert.deepEqual(Object.keys(triggers.captures), entityNames);
    for (const table of [...Object.values(triggers.crmTables), ...Object.values(triggers.tables)])
      assert.ok(table.tableArn);
    for (const { queueArn } of [triggers.queue, triggers.deadLetterQueue]) assert.ok(queueArn);
    for (const { functionArn } of [triggers.deliver, triggers.drain]) assert.ok(functionArn);
    assert.ok(triggers.secretsKey.keyArn && triggers.undelivered.bucketArn);
    assert.ok(triggers.alarms.length > 20);
  });

  test('a second one in the same stack is rejected with one line, because both would have the same outputs', () => {
    const { stack } = construct();
    assert.throws(() => new CrmTriggers(stack, 'Other'), {
      message: 'The stack Shop has a CrmTriggers already, Shop/Crm. To fix this, use a stack for each CrmTriggers.',
    });
    assert.doesNotThrow(() => new CrmTriggers(new Stack(stack, 'Nested'), 'Crm'), 'another stack');
  });
});

describe('existing tables', () => {
  const imported = (stack: Stack) =>
    TableV2.fromTableAttributes(stack, 'Accounts', { tableArn: arn, tableStreamArn: stream });

  test('are read by their stream, and not created', () => {
    const found = template((stack) => ({ tables: { customer: { table: imported(stack) } } }));
    const sources = all('AWS::Lambda::EventSourceMapping', found).map(([, { EventSourceArn }]) => EventSourceArn);
    assert.ok(sources.includes(stream));
    assert.equal(found.toJSON().Outputs.CustomerTable.Value, 'Accounts');
    assert.deepEqual(
      all('AWS::DynamoDB::GlobalTable', found).filter(([id]) => /Customer/.test(id)),
      [],
    );
  });

  test('keep the logical ID of their mapping when they move in the app', () => {
    const ids = (name: string) =>
      all(
        'AWS::Lambda::EventSourceMapping',
        template((stack) => {
          const table = TableV2.fromTableAttributes(stack, name, { tableArn: arn, tableStreamArn: stream });
          return { tables: { customer: { table } } };
        }),
      ).map(([id]) => id);
    assert.deepEqual(ids('Here'), ids('There'));
  });

  const create: Record<string, (stack: Stack, view?: StreamViewType) => Table | TableV2> = {
    TableV2: (stack, dynamoStream) => new TableV2(stack, 'T', { partitionKey, ...(dynamoStream && { dynamoStream }) }),
    Table: (stack, view) => new Table(stack, 'T', { partitionKey, ...(view && { stream: view }) }),
  };

  for (const [kind, newTable] of Object.entries(create)) {
    test(`a ${kind} of the same app is accepted with a stream of new and old images`, () => {
      const found = template((stack) => ({
        tables: { task: { table: newTable(stack, StreamViewType.NEW_AND_OLD_IMAGES), names: { TaskID: 'number' } } },
      }));
      const functions = all('AWS::Lambda::Function', found).map(([, { Environment }]) => Environment.Variables);
      const { ROW_RULES } = functions.find(({ ENTITY }) => ENTITY === 'task') ?? assert.fail();
      assert.deepEqual(JSON.parse(ROW_RULES), { names: { TaskID: 'number' } });
    });

    test(`a ${kind} of the same app is rejected without a stream, or with one of keys`, () => {
      const given = (view?: StreamViewType) => () =>
        construct((stack) => ({ tables: { task: { table: newTable(stack, view) } } }));
      assert.throws(given(), {
        message:
          'Prop tables.task of CrmTriggers: the table has no stream. To fix this, set dynamoStream (of a Table: stream) to StreamViewType.NEW_AND_OLD_IMAGES, or import the table with TableV2.fromTableAttributes and its tableStreamArn.',
      });
      assert.throws(
        given(StreamViewType.KEYS_ONLY),
        /tables\.task of CrmTriggers: the table has a stream of KEYS_ONLY, not of NEW_AND_OLD_IMAGES\. To fix this, /,
      );
    });
  }

  test('an imported table is rejected without the ARN of its stream', () => {
    assert.throws(
      () => construct((stack) => ({ tables: { case: { table: TableV2.fromTableArn(stack, 'T', arn) } } })),
      /^Error: Prop tables\.case of CrmTriggers: the table has no stream\. .*tableStreamArn\.$/,
    );
  });

  test('one table for two entities is rejected', () => {
    assert.throws(
      () =>
        construct((stack) => {
          const table = imported(stack);
          return { tables: { case: { table }, task: { table } } };
        }),
      /^Error: Prop tables of CrmTriggers: two entities have the same table\. To fix this, [^\n]+$/,
    );
  });
});

describe('VPC and alarms', () => {
  const vpcIds = (found: Template) =>
    all('AWS::Lambda::Function', found).flatMap(([, { VpcConfig }]) => VpcConfig ?? []) as Properties[];

  test('deliver and drain are in the private subnets of vpc, with a group of their own', () => {
    const found = template((stack) => ({ vpc: new Vpc(stack, 'Vpc'), allowedPrivateNetworks: ['10.0.0.0/16'] }));
    const [deliver, drain, ...more] = vpcIds(found);
    assert.deepEqual([deliver, more], [drain, []]);
    for (const { Ref } of deliver?.SubnetIds ?? []) assert.match(Ref, /^VpcPrivateSubnet/);
    assert.ok(deliver?.SubnetIds.length >= 2);
    only(all('AWS::EC2::SecurityGroup', found));
  });

  test('vpcSubnets and securityGroups select others', () => {
    const found = template((stack) => {
      const vpc = new Vpc(stack, 'Vpc');
      const group = new SecurityGroup(stack, 'Group', { vpc });
      return { vpc, vpcSubnets: { subnets: vpc.privateSubnets.slice(0, 1) }, securityGroups: [group] };
    });
    const [{ SubnetIds, SecurityGroupIds } = assert.fail()] = vpcIds(found);
    assert.equal(only<Properties>(SubnetIds).Ref.startsWith('VpcPrivateSubnet1'), true);
    assert.match(only<Properties>(SecurityGroupIds)['Fn::GetAtt'][0], /^Group/);
  });

  test('alarmActions are the actions of each alarm', () => {
    const found = template((stack) => ({ alarmActions: [new SnsAction(new Topic(stack, 'OnCall'))] }));
    const alarms = all('AWS::CloudWatch::Alarm', found);
    assert.ok(alarms.length > 20);
    for (const [id, { AlarmActions }] of alarms) assert.match(only<Properties>(AlarmActions).Ref, /^OnCall/, id);
  });
});

const wrong: readonly (readonly [title: string, props: PropsIn, message: RegExp])[] = [
  ['an unknown prop', () => ({ holdSecond: [1] }) as CrmTriggersProps, /^Props of CrmTriggers: .*holdSecond/],
  ['a retry delay above the maximum', () => ({ holdSeconds: [5, 9999] }), /^Prop holdSeconds\.1 of CrmTriggers: /],
  ['an invalid stage name', () => ({ stage: 'my stage' }), /^Prop stage of CrmTriggers: expected a letter/],
  ['an invalid email address', () => ({ alarmEmail: 'on-call' }), /^Prop alarmEmail of CrmTriggers: expected an email/],
  [
    'a private network without a VPC',
    () => ({ allowedPrivateNetworks: ['10.0.0.0/8'] }),
    /^Prop allowedPrivateNetworks of CrmTriggers: .* To fix this, set vpc, or remove allowedPrivateNetworks\.$/,
  ],
  ['subnets without a VPC', () => ({ vpcSubnets: {} }), /vpc is missing\. To fix this, set vpc\.$/],
  [
    'no security group',
    (stack) => ({ vpc: new Vpc(stack, 'Vpc'), securityGroups: [] }),
    /^Prop securityGroups of CrmTriggers: expected 1 to 5 security groups, not 0\. To fix this, /,
  ],
  [
    'a name for an unknown ID',
    (stack) => {
      const table = TableV2.fromTableAttributes(stack, 'T', { tableArn: arn, tableStreamArn: stream });
      return { tables: { customer: { table, names: { CaseID: 'c' } } } };
    },
    /^Prop tables\.customer\.names of CrmTriggers: expected only the IDs AccountID\.$/,
  ],
];

for (const [title, props, reported] of wrong)
  test(`rejects ${title} with one line that names the prop`, () => {
    assert.throws(
      () => construct(props),
      ({ message }: Error) => reported.test(message) && !message.includes('\n'),
    );
  });

describe('CrmTriggersConsole', () => {
  test('works in the stack of its CrmTriggers, without parameters that the stack itself publishes', () => {
    const { stack, triggers } = construct();
    const console = new CrmTriggersConsole(stack, 'Console', { triggers });
    const { Parameters, Outputs } = Template.fromStack(stack).toJSON();
    assert.deepEqual(Object.keys(Parameters), ['BootstrapVersion']);
    assert.ok(Outputs.ConsoleUrl && Outputs.UserPoolId && console.userPool);
  });

  test('fits into the environment of its function in a stack with a name of 128 characters, the maximum', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'S'.padEnd(128, 'x'));
    const triggers = new CrmTriggers(stack, 'Triggers', { alarmEmail: 'on-call@example.com' });
    new CrmTriggersConsole(stack, 'Console', { triggers });
    const [, { Environment }] = all('AWS::Lambda::Function', Template.fromStack(stack)).find(([id]) =>
      id.startsWith('ConsoleFunction'),
    ) as [string, Properties];
    assert.ok(Environment.Variables.OUTPUTS);
  });

  test('reads the published values in another stack, and depends on the stack of its CrmTriggers', () => {
    const { stack, triggers } = construct();
    const other = new Stack(stack.node.root as App, 'Page');
    new CrmTriggersConsole(other, 'Console', { triggers });
    const { Parameters } = Template.fromStack(other).toJSON();
    assert.ok(
      Object.values<Properties>(Parameters).some(({ Default }) => Default === '/crm-triggers/Shop/BacklogTable'),
    );
    assert.ok(other.dependencies.includes(stack));
  });

  test('rejects an invalid prop with one line', () => {
    const { stack, triggers } = construct();
    assert.throws(
      () => new CrmTriggersConsole(stack, 'Console', { triggers, userPoolId: 'admins' }),
      /^Error: Prop userPoolId of CrmTriggersConsole: expected the ID of a user pool[^\n]*$/,
    );
  });
});

describe('grantAdmin', () => {
  test('grants what the function of the console may do, also with the key of an existing table', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'OwnKey');
    const table = new Table(stack, 'Own', {
      partitionKey,
      encryptionKey,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    const triggers = new CrmTriggers(stack, 'Crm', { tables: { task: { table } } });
    const role = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    triggers.grantAdmin(role);
    new CrmTriggersConsole(stack, 'Console', { triggers });
    const policies = Object.fromEntries(all('AWS::IAM::Policy', Template.fromStack(stack)));
    const granted = (name: RegExp) => {
      const [, policy] = Object.entries(policies).find(([id]) => name.test(id)) ?? assert.fail();
      return (policy.PolicyDocument.Statement as Properties[]).filter(
        // Only the console shows the states of the alarms.
        ({ Action }) => !/^(logs|ssm|cloudwatch):/.test([Action].flat()[0]),
      );
    };
    assert.deepEqual(granted(/^Operator/), granted(/^ConsoleFunctionRole/));
    const decrypting = granted(/^Operator/).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
    assert.ok(decrypting.some(({ Resource }) => JSON.stringify(Resource).includes('OwnKey')));
  });

  test('rejects a grantee without a policy with one line', () => {
    const { triggers } = construct();
    assert.throws(
      () => triggers.grantAdmin(new ArnPrincipal('arn:aws:iam::123456789012:root')),
      /^Error: The grantee of grantAdmin of Shop\/Crm has no policy that can be changed\. To fix this, [^\n]+$/,
    );
  });
});
