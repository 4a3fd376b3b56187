import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { deliverEnv, Variables } from '../functions/adapters/env.ts';
import { DELIVER_TIMEOUT_MS } from '../functions/core/deliver-times.ts';
import { attemptEnvironment } from './attempt-environment.ts';
import { functionBinding, queueBinding } from './binding.ts';
import type { Network } from './network.ts';
import { ServiceFunction } from './service-function.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

interface DeliverProps {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly drain: IFunction;
  readonly tables: Tables;
  readonly settings: Settings;
  readonly network: Network | undefined;
}

const backlogActions = ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];

/** The delivery queue → deliver → the triggers' URLs. */
export class Deliver extends Construct {
  readonly function: ServiceFunction<Variables<typeof deliverEnv>>;

  constructor(scope: Construct, id: string, props: DeliverProps) {
    super(scope, id);
    const { queue, deadLetterQueue, drain, tables, settings, network } = props;
    this.function = new ServiceFunction(this, 'Function', {
      folder: 'deliver',
      environment: {
        ...attemptEnvironment({ tables, settings, backlogActions }),
        // The event source grants the actions on this queue.
        QUEUE_URL: queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: queueBinding(deadLetterQueue, 'sqs:SendMessage'),
        DRAIN_URL: functionBinding(drain),
      },
      // Shortly before it, deliver returns to the queue the notifications that it has not attempted.
      timeout: Duration.millis(DELIVER_TIMEOUT_MS),
      memoryMiB: 256,
      settings,
      network,
    });
    this.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // Reserved concurrency would throttle polls, and a throttled poll counts as a receive.
        maxConcurrency: settings.deliverConcurrency,
      }),
    );
  }
}
