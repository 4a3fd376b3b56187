import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { attemptDeps } from '../adapters/attempt-deps.ts';
import { DeliveryQueue } from '../adapters/delivery-queue.ts';
import { deliverEnv, readEnv } from '../adapters/env.ts';
import { deliver } from './deliver.ts';
import type { DeliverDeps } from './deps.ts';

const env = readEnv(deliverEnv);

const deps: DeliverDeps = {
  ...attemptDeps(env),
  queue: new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL }),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  deliver(event.Records, deps, () => context.getRemainingTimeInMillis());
