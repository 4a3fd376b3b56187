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

/** The backlogs → drain → the triggers' URLs, each minute. */
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
      // Longer than the schedule's minute, so that a long drain hardly ever pauses.
      timeout: Duration.minutes(5),
      memoryMiB: 512,
      settings,
      network,
    });
    // The next minute's run does as well as a late or a repeated one. So about five are at work at most, also after a time
    // in which Lambda had no room: it would keep that time's runs, up to six hours of them, and start them together.
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Rule(this, 'EachMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    });
  }
}
