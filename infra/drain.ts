import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { drainEnv, Variables } from '../functions/adapters/env.ts';
import { attemptEnvironment } from './attempt-environment.ts';
import type { Network } from './network.ts';
import { ServiceFunction } from './service-function.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

interface DrainProps {
  readonly tables: Tables;
  readonly settings: Settings;
  readonly network: Network | undefined;
}

const backlogActions = ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];

/** The backlogs → drain → the triggers' URLs, every minute. */
export class Drain extends Construct {
  readonly function: ServiceFunction<Variables<typeof drainEnv>>;

  constructor(scope: Construct, id: string, { tables, settings, network }: DrainProps) {
    super(scope, id);
    this.function = new ServiceFunction(this, 'Function', {
      folder: 'drain',
      environment: {
        ...attemptEnvironment({ tables, settings, backlogActions }),
        DRAIN_CONCURRENCY: String(settings.drainConcurrency),
      },
      // Longer than the interval of the schedule, so that a long drain has almost no pauses.
      timeout: Duration.minutes(5),
      memoryMiB: 512,
      settings,
      network,
    });
    // A run that is late is dropped, because the next one starts within a minute. At most about five runs overlap, also after Lambda had
    // no free concurrency: by default it would queue the runs for up to six hours, and then start them together.
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Rule(this, 'EachMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    });
  }
}
