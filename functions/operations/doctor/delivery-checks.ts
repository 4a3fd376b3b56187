import { DescribeRuleCommand, type DescribeRuleCommandOutput } from '@aws-sdk/client-eventbridge';
import { type EventSourceMappingConfiguration, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { capital } from '../../core/capital.ts';
import { entityNames } from '../../core/entity.ts';
import type { AdminParts } from '../deployment.ts';
import { sizeOf } from '../queue-size.ts';
import { type Check, revert } from './check.ts';
import type { Asked, Look } from './inspector.ts';

type Attributes = Readonly<Record<string, string>>;

/** The delivery queue and what takes from it. */
interface QueueSeen {
  readonly where: string;
  readonly stage: string;
  readonly queue: Asked<Attributes>;
  readonly deadLetters: Asked<Attributes>;
  readonly mapping: Asked<EventSourceMappingConfiguration>;
  /** Of deliver, seconds. */
  readonly timeout: number;
}

export async function queueSeen(parts: AdminParts, look: Look): Promise<QueueSeen> {
  const attributes = (where: string, QueueUrl: string) => {
    const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return look.ask(
      where,
      parts.sqs.send(get).then(({ Attributes = {} }): Attributes => Attributes),
    );
  };
  const [queue, deadLetters, mapping, deliver] = await Promise.all([
    attributes('the delivery queue', parts.queueUrl),
    attributes('the dead-letter queue', parts.deadLetterQueueUrl),
    look.mapping('Deliver'),
    look.function('Deliver'),
  ]);
  const timeout = deliver?.Timeout ?? 0;
  return { where: 'the delivery queue', stage: parts.outputs.Stage, queue, deadLetters, mapping, timeout };
}

export const queueChecks: readonly Check<QueueSeen>[] = [
  {
    wrong: ({ queue }) => queue === null,
    what: () => 'it is not there',
    mend: revert,
  },
  {
    wrong: ({ deadLetters }) => deadLetters === null,
    what: () => 'its dead-letter queue is not there',
    mend: revert,
  },
  {
    wrong: ({ queue }) => !!queue && queue.FifoQueue !== 'true',
    what: () => 'it is not FIFO: nothing keeps its order',
    mend: revert,
  },
  {
    wrong: ({ queue, timeout }) => Number(queue?.VisibilityTimeout) < 6 * timeout,
    what: ({ queue, timeout }) =>
      `its visibility timeout is ${queue?.VisibilityTimeout} s; below ${6 * timeout} s a call may be made twice at once`,
    mend: revert,
  },
  {
    wrong: ({ queue, deadLetters }) =>
      !!queue && !!deadLetters?.QueueArn && !queue.RedrivePolicy?.includes(deadLetters.QueueArn),
    what: () => 'it has no way to its dead-letter queue: a message that ends the function is tried for days',
    mend: revert,
  },
  {
    wrong: ({ mapping }) => mapping === null || /^Disabl/.test(mapping?.State ?? ''),
    what: ({ mapping }) => `nothing takes from it: its event source mapping is ${mapping?.State ?? 'deleted'}`,
    mend: revert,
  },
  {
    wrong: ({ deadLetters }) => sizeOf(deadLetters ?? {}) > 0,
    what: ({ deadLetters }) => `dead letters, which no code could read: ${sizeOf(deadLetters ?? {})}`,
    mend: () => 'see why with crm-triggers dead-letters, and queue them again with --send-back',
  },
];

interface ScheduleSeen {
  readonly where: string;
  readonly stage: string;
  readonly rule: Asked<DescribeRuleCommandOutput>;
}

export async function scheduleSeen({ outputs }: AdminParts, look: Look): Promise<ScheduleSeen> {
  const where = "drain's schedule";
  // On a bus of its own a rule's physical id has the bus before the name.
  const Name = look.find('AWS::Events::Rule', 'Drain')?.split('|').at(-1);
  const rule = Name ? await look.ask(where, look.aws.eventbridge.send(new DescribeRuleCommand({ Name }))) : null;
  return { where, stage: outputs.Stage, rule };
}

export const scheduleChecks: readonly Check<ScheduleSeen>[] = [
  {
    wrong: ({ rule }) => rule === null,
    what: () => 'it is not there: what is parked is not tried again',
    mend: revert,
  },
  {
    wrong: ({ rule }) => rule?.State === 'DISABLED',
    what: () => 'it is disabled: what is parked is not tried again',
    mend: ({ rule }) => `aws events enable-rule --name ${rule?.Name}`,
  },
];

interface FunctionSeen {
  readonly where: string;
  readonly stage: string;
  /** Its name; `null` when it is not there. */
  readonly name: Asked<string>;
  /** Nothing when none is. */
  readonly reserved: number | undefined;
}

export function functionsSeen({ outputs }: AdminParts, look: Look): Promise<FunctionSeen[]> {
  const stages = [...entityNames.map((entity) => `Capture${capital(entity)}`), 'Deliver', 'Drain'];
  return Promise.all(
    stages.map(async (stage) => {
      const where = `the function of ${stage}`;
      const made = await look.function(stage);
      const name = made === null ? null : made?.FunctionName;
      return { where, stage: outputs.Stage, name, reserved: name ? await reservedOf(name, look) : undefined };
    }),
  );
}

async function reservedOf(FunctionName: string, look: Look): Promise<number | undefined> {
  const get = new GetFunctionConcurrencyCommand({ FunctionName });
  return (await look.ask(`the concurrency of ${FunctionName}`, look.aws.lambda.send(get)))
    ?.ReservedConcurrentExecutions;
}

export const functionChecks: readonly Check<FunctionSeen>[] = [
  {
    wrong: ({ name }) => name === null,
    what: () => 'it is not there',
    mend: revert,
  },
  {
    wrong: ({ reserved }) => reserved === 0,
    what: () => 'it is stopped: its reserved concurrency is 0',
    mend: ({ name }) => `aws lambda delete-function-concurrency --function-name ${name}`,
  },
];
