import { DescribeRuleCommand, type DescribeRuleCommandOutput } from '@aws-sdk/client-eventbridge';
import { type EventSourceMappingConfiguration, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { capital } from '../../core/capital.ts';
import { entityNames } from '../../core/entity.ts';
import type { Deps } from '../deployment.ts';
import { sizeOf } from '../queue-size.ts';
import { type Check, revert } from './check.ts';
import type { Checked, Checking, Inspector } from './inspector.ts';

type Attributes = Readonly<Record<string, string>>;

/** The delivery queue and the mapping that reads it. */
interface QueueFacts {
  readonly where: string;
  readonly stage: string;
  readonly queue: Checked<Attributes>;
  readonly deadLetters: Checked<Attributes>;
  readonly mapping: Checked<EventSourceMappingConfiguration>;
  /** The timeout of deliver, in seconds. */
  readonly timeout: number;
}

type QueueDeps = Deps<'outputs' | 'sqs' | 'queueUrl' | 'deadLetterQueueUrl'>;

/** The facts that need no client but that of SQS. */
export async function queueAttributes(deps: QueueDeps, checking: Checking): Promise<QueueFacts> {
  const attributes = (where: string, QueueUrl: string) => {
    const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return checking.ask(
      where,
      deps.sqs.send(get).then(({ Attributes = {} }): Attributes => Attributes),
    );
  };
  const [queue, deadLetters] = await Promise.all([
    attributes('the delivery queue', deps.queueUrl),
    attributes('the dead-letter queue', deps.deadLetterQueueUrl),
  ]);
  const { Stage: stage } = deps.outputs;
  return { where: 'the delivery queue', stage, queue, deadLetters, mapping: undefined, timeout: 0 };
}

export async function queueFacts(deps: QueueDeps, inspector: Inspector): Promise<QueueFacts> {
  const [facts, mapping, deliver] = await Promise.all([
    queueAttributes(deps, inspector),
    inspector.mapping('Deliver'),
    inspector.function('Deliver'),
  ]);
  return { ...facts, mapping, timeout: deliver?.Timeout ?? 0 };
}

export const queueChecks: readonly Check<QueueFacts>[] = [
  {
    wrong: ({ queue }) => queue === null,
    what: () => 'it is not there',
    fix: revert,
  },
  {
    wrong: ({ deadLetters }) => deadLetters === null,
    what: () => 'its dead-letter queue is not there',
    fix: revert,
  },
  {
    wrong: ({ queue }) => !!queue && queue.FifoQueue !== 'true',
    what: () => 'it is not FIFO: nothing keeps its order',
    fix: revert,
  },
  {
    wrong: ({ queue, timeout }) => Number(queue?.VisibilityTimeout) < 6 * timeout,
    what: ({ queue, timeout }) =>
      `its visibility timeout is ${queue?.VisibilityTimeout} s; below ${6 * timeout} s a call may be made twice at once`,
    fix: revert,
  },
  {
    wrong: ({ queue, deadLetters }) =>
      !!queue && !!deadLetters?.QueueArn && !queue.RedrivePolicy?.includes(deadLetters.QueueArn),
    what: () => 'it has no way to its dead-letter queue: a message that ends the function is tried for days',
    fix: revert,
  },
  {
    wrong: ({ mapping }) => mapping === null || /^Disabl/.test(mapping?.State ?? ''),
    what: ({ mapping }) => `nothing takes from it: its event source mapping is ${mapping?.State ?? 'deleted'}`,
    fix: revert,
  },
  {
    wrong: ({ deadLetters }) => sizeOf(deadLetters ?? {}) > 0,
    what: ({ deadLetters }) => `dead letters, which no code could read: ${sizeOf(deadLetters ?? {})}`,
    fix: () => 'see why with crm-triggers dead-letters, and queue them again with --send-back',
    fixOnPage: () => 'see why under Dead letters, and send them back',
  },
];

interface ScheduleFacts {
  readonly where: string;
  readonly stage: string;
  readonly rule: Checked<DescribeRuleCommandOutput>;
}

export async function scheduleFacts({ outputs }: Deps<'outputs'>, inspector: Inspector): Promise<ScheduleFacts> {
  const where = "drain's schedule";
  // On a custom event bus, the physical ID of a rule begins with the bus.
  const Name = inspector.find('AWS::Events::Rule', 'Drain')?.split('|').at(-1);
  const rule = Name
    ? await inspector.ask(where, inspector.aws.eventbridge.send(new DescribeRuleCommand({ Name })))
    : null;
  return { where, stage: outputs.Stage, rule };
}

export const scheduleChecks: readonly Check<ScheduleFacts>[] = [
  {
    wrong: ({ rule }) => rule === null,
    what: () => 'it does not exist, so backlogs are not delivered',
    fix: revert,
  },
  {
    wrong: ({ rule }) => rule?.State === 'DISABLED',
    what: () => 'it is disabled, so backlogs are not delivered',
    fix: ({ rule }) => `aws events enable-rule --name ${rule?.Name}`,
  },
];

interface FunctionFacts {
  readonly where: string;
  readonly stage: string;
  /** The name of the function; `null` if it does not exist. */
  readonly name: Checked<string>;
  /** The reserved concurrency. Absent if there is none. */
  readonly reserved: number | undefined;
}

export function functionFacts({ outputs }: Deps<'outputs'>, inspector: Inspector): Promise<FunctionFacts[]> {
  const stages = [...entityNames.map((entity) => `Capture${capital(entity)}`), 'Deliver', 'Drain'];
  return Promise.all(
    stages.map(async (stage) => {
      const where = `the function of ${stage}`;
      const made = await inspector.function(stage);
      const name = made === null ? null : made?.FunctionName;
      return { where, stage: outputs.Stage, name, reserved: name ? await reservedOf(name, inspector) : undefined };
    }),
  );
}

async function reservedOf(FunctionName: string, inspector: Inspector): Promise<number | undefined> {
  const get = new GetFunctionConcurrencyCommand({ FunctionName });
  return (await inspector.ask(`the concurrency of ${FunctionName}`, inspector.aws.lambda.send(get)))
    ?.ReservedConcurrentExecutions;
}

export const functionChecks: readonly Check<FunctionFacts>[] = [
  {
    wrong: ({ name }) => name === null,
    what: () => 'it is not there',
    fix: revert,
  },
  {
    wrong: ({ reserved }) => reserved === 0,
    what: () => 'it is stopped: its reserved concurrency is 0',
    fix: ({ name }) => `aws lambda delete-function-concurrency --function-name ${name}`,
  },
];
