import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { unmeasured } from '../support/unmeasured.ts';
import type { Environment } from './network.ts';
import { DEAD_LETTER_URL, QUEUE_URL, sqsClient } from './sqs-client.ts';
import { requestOf, weightOf } from './table-request.ts';
import type { World } from './world.ts';

const RETRY_DELAYS = [5, 30, 120, 600];

export const ATTEMPT_MS = 10_000;

export const QUEUE = { queue: QUEUE_URL, deadLetterQueue: DEAD_LETTER_URL };

/** The DynamoDB client of an environment. */
export function dynamodbFrom(world: World, environment: Environment) {
  return world.dynamodb.client((command, effect) => {
    const request = requestOf(environment.name, command);
    const { faults } = world.network;
    const weight = weightOf(request);
    const sent = world.network.request(
      environment,
      () => {
        const result = effect();
        world.watch.see(request);
        return result;
      },
      {
        weight,
        resends: true,
        scripted: world.options.script?.(request),
        rejection: () => {
          if (world.options.isSilent?.(request.table)) return new Error(`the table ${request.table} is silent`);
          if (!faults.throttled || !world.chance.happens(faults.throttled * weight)) return undefined;
          return new ProvisionedThroughputExceededException({ message: 'too many requests', $metadata: {} });
        },
      },
    );
    return sent.catch((error) => {
      if (error.name !== 'ConditionalCheckFailedException') world.watch.failed(request);
      throw error;
    });
  });
}

export function attemptDeps(world: World, environment: Environment, now: () => number) {
  const dynamodb = dynamodbFrom(world, environment);
  const sleep = sleepIn(world, environment);
  return {
    environment,
    deliveredAt: new Map<Trigger, number>(),
    triggers: new Triggers('triggers', dynamodb, pauseIn(world, environment)),
    backlog: new Backlog('backlog', dynamodb, pauseIn(world, environment)),
    secrets: new Secrets('secrets', dynamodb, now, pauseIn(world, environment)),
    log: new DeliveryLog('log', dynamodb),
    logged: 'all' as const,
    metrics: unmeasured,
    queue: new DeliveryQueue(QUEUE, sqsClient(world.queue, world.network, environment), sleep),
    retryDelays: RETRY_DELAYS,
    attemptMs: ATTEMPT_MS,
    concurrency: 50,
    now,
    random: world.chance.random,
    sleep,
    after: (milliseconds: number, act: () => void) => {
      let cancelled = false;
      void sleep(milliseconds).then(() => {
        if (!cancelled) act();
      });
      return () => {
        cancelled = true;
      };
    },
  };
}

/** Pauses of a store before it repeats unprocessed parts, in the model's time. */
export function pauseIn(world: World, environment: Environment) {
  const sleep = sleepIn(world, environment);
  return (attempt: number) => sleep(50 * 2 ** attempt);
}

export function sleepIn(world: World, environment: Environment) {
  return async (milliseconds: number): Promise<void> => {
    await world.clock.sleep(milliseconds);
    await environment.running();
  };
}
