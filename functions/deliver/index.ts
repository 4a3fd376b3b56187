import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Backlog } from '../edge/backlog.ts';
import { deliverEnv, readEnv } from '../edge/env.ts';
import { makeCall } from '../edge/http.ts';
import { DeliveryQueue } from '../edge/queue.ts';
import { Triggers } from '../edge/triggers.ts';
import { type DeliverParts, deliver } from './deliver.ts';

const env = readEnv(deliverEnv);

const parts: DeliverParts = {
  triggers: new Triggers(env.TRIGGERS_TABLE),
  backlog: new Backlog(env.BACKLOG_TABLE),
  queue: new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL }),
  call: makeCall({
    connectTimeoutSeconds: env.CONNECT_TIMEOUT_SECONDS,
    attemptTimeoutSeconds: env.ATTEMPT_TIMEOUT_SECONDS,
    allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
  }),
  holds: env.HOLDS,
  attemptMs: env.ATTEMPT_TIMEOUT_SECONDS * 1000,
  now: Date.now,
  random: Math.random,
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  deliver(event.Records, parts, () => context.getRemainingTimeInMillis());
