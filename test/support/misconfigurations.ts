import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand } from '@aws-sdk/client-eventbridge';
import { DeleteRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  DeleteEventSourceMappingCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Entity } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import type { Inspector } from '../../functions/operations/doctor/inspector.ts';

interface Misconfiguration {
  readonly title: string;
  plant(deps: OperationDeps, look: Inspector): Promise<unknown>;
  /** The expected finding of the doctor. */
  readonly where: RegExp;
  readonly what: RegExp;
  readonly fix: RegExp;
}

async function setStream(
  { dynamodb, crmTables }: OperationDeps,
  entity: Entity,
  view?: 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY',
) {
  const StreamSpecification = { StreamEnabled: view !== undefined, ...(view && { StreamViewType: view }) };
  await dynamodb.send(new UpdateTableCommand({ TableName: crmTables[entity], StreamSpecification }));
  // A stream's label is its time: two within a millisecond could share it.
  await sleep(10);
}

const setQueue = ({ sqs, queueUrl }: OperationDeps, Attributes: Record<string, string>) =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes }));

/** Manual changes to a stack and to attached tables. */
export const misconfigurations: readonly Misconfiguration[] = [
  {
    title: 'rows have another attribute than the one that is set',
    plant: ({ dynamodb, crmTables }) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: crmTables.followup,
          Item: { pk: { S: 'x' }, sk: { S: 'f' }, case: { S: 'c' } },
        }),
      ),
    where: /^followup, /,
    what: /no row has the attribute account, which holds an id/,
    fix: /^set tables\.followup\.names in cdk\.json to what holds the ids \(the keys are pk, sk\)$/,
  },
  {
    title: "a table's stream is off",
    plant: (deps) => setStream(deps, 'case'),
    where: /^case, /,
    what: /its stream is off/,
    fix: /^aws dynamodb update-table --table-name existing-\S+-case --stream-specification StreamEnabled=true,\S+; then set tables\.case\.stream/,
  },
  {
    title: "a table's stream was off for a while",
    plant: async (deps) => {
      await setStream(deps, 'followup');
      await setStream(deps, 'followup', 'NEW_AND_OLD_IMAGES');
    },
    where: /^followup, /,
    what: /turned off and on again, and the old one is read/,
    fix: /^set tables\.followup\.stream in cdk\.json to arn:aws:dynamodb:\S+-followup\/stream\/\S+, and npx cdk deploy CrmTriggers -c stage=local$/,
  },
  {
    title: "a table's stream tells the keys alone",
    plant: async (deps) => {
      await setStream(deps, 'customer');
      await setStream(deps, 'customer', 'KEYS_ONLY');
    },
    where: /^customer, /,
    what: /has KEYS_ONLY: only by NEW_AND_OLD_IMAGES ignored attributes are reported/,
    fix: /StreamEnabled=false; .*StreamViewType=NEW_AND_OLD_IMAGES; .*tables\.customer\.stream/,
  },
  {
    title: 'an event source mapping is disabled',
    plant: async (_, look) => {
      const UUID = look.find('AWS::Lambda::EventSourceMapping', 'CaptureTask');
      await look.aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    },
    where: /^task, /,
    what: /its stream is not read: the event source mapping is Disabl/,
    fix: /^aws lambda update-event-source-mapping --uuid \S+ --enabled$/,
  },
  {
    title: 'an event source mapping is deleted',
    plant: async (_, look) => {
      const UUID = look.find('AWS::Lambda::EventSourceMapping', 'CaptureCase');
      await look.aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    },
    where: /^case, /,
    what: /nothing reads its stream: the event source mapping was deleted/,
    fix: /^npx cdk deploy CrmTriggers -c stage=local --revert-drift$/,
  },
  {
    title: "a function's permissions are taken away",
    plant: async (_, look) => {
      const role = (await look.function('CaptureCustomer'))?.Role ?? '';
      const RoleName = role.split('/').at(-1);
      const { PolicyNames = [] } = await look.aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await look.aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    },
    where: /^customer, /,
    what: /may not dynamodb:GetRecords, .* on arn:aws:dynamodb:/,
    fix: /^npx cdk deploy CrmTriggers -c stage=local --revert-drift; if it stays so, a policy of the account forbids it$/,
  },
  {
    title: "drain's schedule is disabled",
    plant: async (_, look) =>
      look.aws.eventbridge.send(
        new DisableRuleCommand({ Name: look.find('AWS::Events::Rule', 'Drain')?.split('|').at(-1) }),
      ),
    where: /^drain's schedule$/,
    what: /it is disabled, so backlogs are not delivered/,
    fix: /^aws events enable-rule --name \S+$/,
  },
  {
    title: 'a function is stopped',
    plant: async (_, look) =>
      look.aws.lambda.send(
        new PutFunctionConcurrencyCommand({
          FunctionName: look.find('AWS::Lambda::Function', 'DeliverFunction'),
          ReservedConcurrentExecutions: 0,
        }),
      ),
    where: /Deliver$/,
    what: /it is stopped: its reserved concurrency is 0/,
    fix: /^aws lambda delete-function-concurrency --function-name \S+$/,
  },
  {
    title: "the queue's visibility timeout is short",
    plant: (deps) => setQueue(deps, { VisibilityTimeout: '30' }),
    where: /^the delivery queue$/,
    what: /its visibility timeout is 30 s; below 360 s/,
    fix: /--revert-drift$/,
  },
  {
    title: 'the queue has no dead-letter queue',
    plant: (deps) => setQueue(deps, { RedrivePolicy: '' }),
    where: /^the delivery queue$/,
    what: /no way to its dead-letter queue/,
    fix: /--revert-drift$/,
  },
  {
    title: 'a dead letter waits',
    plant: ({ sqs, deadLetterQueueUrl }) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: deadLetterQueueUrl,
          MessageBody: 'unreadable',
          MessageGroupId: 'one',
          MessageDeduplicationId: 'one',
        }),
      ),
    where: /^the delivery queue$/,
    what: /dead letters, which no code could read: 1$/,
    fix: /crm-triggers dead-letters/,
  },
  {
    title: 'a URL is set that may not be called',
    plant: ({ dynamodb, outputs }) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: outputs.TriggersTable,
          Item: { trigger: { S: 'task.edit' }, url: { S: 'https://crm.example:25/hook' } },
        }),
      ),
    where: /^task\.edit$/,
    what: /its URL is not called any more\. The URL for task\.edit has a port below 1024/,
    fix: /crm-triggers set task\.edit URL/,
  },
  {
    title: 'a configured URL has no secret',
    plant: ({ dynamodb, outputs }) =>
      dynamodb.send(new DeleteItemCommand({ TableName: outputs.SecretsTable, Key: { trigger: { S: 'task.delete' } } })),
    where: /^task\.delete$/,
    what: /it has no secret, so its calls are not signed/,
    fix: /^crm-triggers set task\.delete URL, .* that makes one$/,
  },
  {
    title: 'a client certificate expires within 30 days',
    plant: async ({ secrets }) => {
      const expiresAt = Date.now() + 29 * 86_400_000;
      const certificate = { cert: '', key: '', subject: '', issuer: '', expiresAt };
      await secrets.change('task.create', (now) => ({ ...now, certificate }));
    },
    where: /^task\.create$/,
    what: /^its client certificate is valid until \d{4}-.*Z$/,
    fix: /^crm-triggers certificate set task\.create FILE, /,
  },
  {
    title: 'a trigger without a URL keeps notifications in its backlog',
    plant: async ({ dynamodb, outputs }) => {
      const trigger = { S: 'followup.delete' };
      await dynamodb.send(
        new PutItemCommand({ TableName: outputs.TriggersTable, Item: { trigger, state: { S: 'paused' } } }),
      );
      const Item = { list: { S: 'followup.delete#parked' }, place: { S: '000001760000000#0#msg_x' } };
      await dynamodb.send(new PutItemCommand({ TableName: outputs.BacklogTable, Item }));
    },
    where: /^followup\.delete$/,
    what: /^no URL is set, and notifications stay in its backlog that drain should have moved to Failed: 1$/,
    fix: /^aws lambda invoke --function-name \S+ out\.json; .*crm-triggers set followup\.delete URL$/,
  },
  {
    title: 'a trigger is draining, and drain does not run',
    plant: ({ dynamodb, outputs }) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: outputs.TriggersTable,
          Item: { trigger: { S: 'followup.create' }, state: { S: 'draining' } },
        }),
      ),
    where: /^followup\.create$/,
    what: /^it is draining, and its backlog is empty/,
    fix: /^aws lambda invoke --function-name \S+ out\.json; /,
  },
];
