import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Alarms } from '../adapters/alarms.ts';
import { Backlog } from '../adapters/backlog.ts';
import { DeliveryLog } from '../adapters/delivery-log.ts';
import { DeliveryQueue } from '../adapters/delivery-queue.ts';
import { functionStart } from '../adapters/function-start.ts';
import { History } from '../adapters/history.ts';
import { LogChanges } from '../adapters/log-changes.ts';
import { type NameLookup, nameLookup } from '../adapters/name-lookup.ts';
import { PendingSearch } from '../adapters/pending-search.ts';
import { PullTokens } from '../adapters/pull-tokens.ts';
import { Secrets } from '../adapters/secret-store.ts';
import { Triggers } from '../adapters/trigger-store.ts';
import { type Entity, perEntity } from '../core/entity.ts';
import type { Logged } from '../core/log-entry.ts';
import { oneLine } from '../core/printable.ts';
import type { RowRules } from '../core/row-rules.ts';
import { alarmNamesPath, deployCommand, type StackId, stackName } from '../core/stack-name.ts';
import { tableOutputs } from '../core/table-output.ts';
import type { UrlPolicy } from '../core/url-policy.ts';
import { UserError } from './user-error.ts';

/** Covers a cold start, the wait in the queue, and the longest attempt that a setting allows. */
const TEST_PATIENCE_MS = 75_000;

/** The dependencies of all operations in a deployed system. */
export interface OperationDeps {
  readonly outputs: Outputs;
  readonly triggersTable: Triggers;
  readonly backlog: Backlog;
  /** The pending notifications, by ID. */
  readonly pending: PendingSearch;
  readonly log: DeliveryLog;
  /** The delivery log for receivers, the oldest first. */
  readonly changes: LogChanges;
  readonly pullTokens: PullTokens;
  /** The attempts that the delivery log keeps. */
  readonly logged: Logged;
  readonly secrets: Secrets;
  readonly history: History;
  /** The name of the user, for the history. */
  readonly who: string;
  readonly queue: DeliveryQueue;
  readonly alarms: Pick<Alarms, 'read'>;
  readonly dynamodb: DynamoDBClient;
  /** The URLs that this deployment may call. */
  readonly rules: UrlPolicy;
  readonly lookUp: NameLookup;
  /** The names of the CRM tables. */
  readonly crmTables: Readonly<Record<Entity, string>>;
  /** How the rows of each CRM table are read. */
  readonly rowRules: Readonly<Record<Entity, RowRules>>;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** How long a test call waits for its result, in milliseconds. */
  readonly testPatienceMs: number;
  /** Invokes drain now. Otherwise it runs at the next minute. */
  startDrain(): Promise<void>;
}

/** The dependencies that one operation uses. */
export type Deps<Name extends keyof OperationDeps> = Pick<OperationDeps, Name>;

/** The outputs of the stack that operations read. */
export const outputNames = [
  ...Object.values(tableOutputs),
  'TriggersTable',
  'BacklogTable',
  'AuditTable',
  'SecretsTable',
  'DeliveryLogTable',
  /** The setting `deliveryLog`. */
  'LoggedAttempts',
  'DeliveryQueueUrl',
  'DeadLetterQueueUrl',
  'DrainFunction',
  /** JSON: the allowed URLs. */
  'DestinationRules',
  /** JSON: the row rules of each entity. */
  'RowRules',
  'Stage',
  /** The version of the project that was deployed. */
  'Version',
] as const;

export type Outputs = Readonly<Record<(typeof outputNames)[number], string>>;

/** Reads the outputs of a stage's stack, by name. @throws {UserError} If the stack does not exist. */
export async function stackOutputs(
  stack: StackId = 'CrmTriggers',
  stage?: string,
): Promise<Readonly<Record<string, string>>> {
  const StackName = stackName(stack, stage);
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName })).catch((error) => {
    if (error.name !== 'ValidationError' || !/does not exist/.test(error.message)) throw error;
    const line = `There is no stack ${StackName} at ${whereAsked()}. Fix: deploy it with ${deployCommand(stack, stage)}.`;
    throw new UserError(line, 'unreachable');
  });
  return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? '']));
}

/**
 * Finds the deployed system of a stage, in the account and region of the AWS environment variables.
 *
 * @returns The dependencies, with `local` as the user. A caller that knows its user replaces `who`.
 * @throws {UserError} If it does not exist, or an older release deployed it.
 */
export async function findDeployment(stage?: string): Promise<OperationDeps> {
  const outputs = await stackOutputs('CrmTriggers', stage);
  const missing = outputNames.find((name) => !outputs[name]);
  if (missing) {
    const again = deployCommand('CrmTriggers', stage);
    throw new UserError(
      `The stack ${stackName('CrmTriggers', stage)} has no output ${missing}. Fix: deploy it again with ${again}.`,
    );
  }
  return depsOf(outputs as Outputs, 'local');
}

/**
 * Creates the dependencies for a system by its outputs.
 *
 * @param who The name of the user, for the history.
 * @param alarmNames The path of the parameters with the names of the alarms.
 */
export function depsOf(
  outputs: Outputs,
  who: string,
  alarmNames = alarmNamesPath(stackName('CrmTriggers', outputs.Stage)),
): OperationDeps {
  const dynamodb = new DynamoDBClient();
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const queueUrl = outputs.DeliveryQueueUrl;
  return {
    outputs,
    triggersTable: new Triggers(outputs.TriggersTable, dynamodb),
    backlog: new Backlog(outputs.BacklogTable, dynamodb),
    pending: new PendingSearch(outputs.BacklogTable, dynamodb),
    log: new DeliveryLog(outputs.DeliveryLogTable, dynamodb),
    changes: new LogChanges(outputs.DeliveryLogTable, dynamodb),
    pullTokens: new PullTokens(outputs.SecretsTable, dynamodb),
    logged: outputs.LoggedAttempts as Logged,
    secrets: new Secrets(outputs.SecretsTable, dynamodb),
    history: new History(outputs.AuditTable, outputs.BacklogTable, dynamodb),
    who,
    queue: new DeliveryQueue({ queue: queueUrl }, sqs),
    alarms: new Alarms(
      alarmNames,
      { monitoring: originOf('monitoring', queueUrl), ssm: originOf('ssm', queueUrl) },
      dynamodb,
    ),
    dynamodb,
    rules: JSON.parse(outputs.DestinationRules),
    lookUp: nameLookup(),
    crmTables: perEntity((entity) => outputs[tableOutputs[entity]]),
    rowRules: JSON.parse(outputs.RowRules),
    testPatienceMs: TEST_PATIENCE_MS,
    sqs,
    queueUrl,
    deadLetterQueueUrl: outputs.DeadLetterQueueUrl,
    startDrain: functionStart(
      new URL(`/2015-03-31/functions/${outputs.DrainFunction}/invocations`, originOf('lambda', queueUrl)).href,
      dynamodb,
    ),
  };
}

/** The origin of another AWS service in the region and partition of a queue. */
function originOf(service: string, queueUrl: string): string {
  return new URL(queueUrl).origin.replace('//sqs.', `//${service}.`);
}

function whereAsked(): string {
  return process.env.AWS_ENDPOINT_URL ?? `region ${process.env.AWS_REGION ?? 'of your AWS profile'}`;
}

function profileAsked(): string {
  return process.env.AWS_PROFILE ? ` in the profile ${oneLine(process.env.AWS_PROFILE)}` : '';
}

/** Converts errors of the AWS SDK that an operator can fix into one line each. */
export function asUserError(error: unknown): unknown {
  const { name, code, message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'CredentialsProviderError')
    return new UserError(
      `There are no AWS credentials${profileAsked()}. Fix: set AWS_PROFILE or --profile, or AWS_ENDPOINT_URL for an emulator.`,
      'unreachable',
    );
  if (/region is missing/i.test(message))
    return new UserError(
      'No AWS region is set. Fix: set AWS_REGION or --region, or AWS_ENDPOINT_URL for an emulator.',
      'unreachable',
    );
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return new UserError(
      `Nothing responds at ${whereAsked()}. Fix: check AWS_ENDPOINT_URL and AWS_REGION.`,
      'unreachable',
    );
  if (name === 'AccessDenied' || name === 'AccessDeniedException' || name?.startsWith('ExpiredToken'))
    return new UserError(`AWS rejects: ${message}`, 'unreachable');
  return error;
}
