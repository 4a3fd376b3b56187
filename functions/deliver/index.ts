import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { attemptDeps, oneClient } from '../adapters/attempt-deps.ts';
import { DeliveryQueue } from '../adapters/delivery-queue.ts';
import { deliverEnv, readEnv } from '../adapters/env.ts';
import { functionStart } from '../adapters/function-start.ts';
import { deliver } from './deliver.ts';
import type { DeliverDeps } from './deps.ts';

const env = readEnv(deliverEnv);
const dynamodb = oneClient();

const deps: DeliverDeps = {
  ...attemptDeps(env, dynamodb),
  deliveredAt: new Map(),
  startDrain: functionStart(env.DRAIN_URL, dynamodb),
  queue: new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL }),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  deliver(event.Records, deps, () => context.getRemainingTimeInMillis());
