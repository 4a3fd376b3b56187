import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { attemptParts } from '../edge/attempt-parts.ts';
import { deliverEnv, readEnv } from '../edge/env.ts';
import { DeliveryQueue } from '../edge/queue.ts';
import { deliver } from './deliver.ts';
import type { DeliverParts } from './parts.ts';

const env = readEnv(deliverEnv);

const parts: DeliverParts = {
  ...attemptParts(env),
  queue: new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL }),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  deliver(event.Records, parts, () => context.getRemainingTimeInMillis());
