import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';
import { History } from '../../functions/adapters/history.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import { entityNames } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { defaultRules } from '../support/rules.ts';
import { dynamodbFrom, pauseIn, QUEUE, sleepIn } from './function-deps.ts';
import { drainNow } from './mappings.ts';
import type { Environment } from './network.ts';
import { DEAD_LETTER_URL, QUEUE_URL, sqsClient } from './sqs-client.ts';
import type { World } from './world.ts';

export function operationDeps(world: World, environment: Environment, requests: number): OperationDeps {
  environment.requestsLeft = requests;
  const dynamodb = dynamodbFrom(world, environment);
  const sqs = sqsClient(world.queue, world.network, environment);
  const deps = {
    triggersTable: new Triggers('triggers', dynamodb, pauseIn(world, environment)),
    backlog: new Backlog('backlog', dynamodb, pauseIn(world, environment)),
    log: new DeliveryLog('log', dynamodb),
    secrets: new Secrets('secrets', dynamodb, world.clock.now, pauseIn(world, environment)),
    history: new History('audit', 'backlog', dynamodb, pauseIn(world, environment)),
    who: 'ada',
    queue: new DeliveryQueue(QUEUE, sqs, sleepIn(world, environment)),
    dynamodb,
    rules: defaultRules,
    lookUp: async () => [{ address: '8.8.8.8', family: 4 as const }],
    crmTables: Object.fromEntries(entityNames.map((entity) => [entity, entity])),
    rowRules: Object.fromEntries(entityNames.map((entity) => [entity, {}])),
    sqs,
    queueUrl: QUEUE_URL,
    deadLetterQueueUrl: DEAD_LETTER_URL,
    testPatienceMs: 75_000,
    startDrain: async () => void drainNow(world),
    sleep: sleepIn(world, environment),
    now: world.clock.now,
  };
  return deps as unknown as OperationDeps;
}
