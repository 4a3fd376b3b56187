import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { deliverEnv, Variables } from '../functions/adapters/env.ts';
import { attemptVariables } from './attempt-variables.ts';
import type { Network } from './network.ts';
import { ServiceFunction } from './service-function.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

interface DeliverProps {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly tables: Tables;
  readonly settings: Settings;
  readonly network: Network | undefined;
}

/** A batch ends well within this time: deliver returns what it cannot attempt before. */
export const DELIVER_TIMEOUT = Duration.seconds(60);

/** The delivery queue → deliver → the triggers' URLs. */
export class Deliver extends Construct {
  readonly function: ServiceFunction<Variables<typeof deliverEnv>>;

  constructor(scope: Construct, id: string, props: DeliverProps) {
    super(scope, id);
    const { queue, deadLetterQueue, tables, settings, network } = props;
    this.function = new ServiceFunction(this, 'Function', {
      stage: 'deliver',
      environment: {
        ...attemptVariables({ tables, settings }),
        QUEUE_URL: queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
      },
      timeout: DELIVER_TIMEOUT,
      memoryMiB: 256,
      settings,
      network,
    });
    tables.grantReadSecrets(this.function);
    tables.deliveryLog.grant(this.function, 'dynamodb:PutItem');
    tables.triggers.grant(this.function, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem');
    const writes = ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
    tables.backlog.grant(this.function, 'dynamodb:BatchGetItem', ...writes);
    deadLetterQueue.grant(this.function, 'sqs:SendMessage');
    this.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // Not reserved concurrency: a throttled poll counts as a receive.
        maxConcurrency: settings.deliverConcurrency,
      }),
    );
  }
}
