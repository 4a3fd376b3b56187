import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Backlog } from '../edge/backlog.ts';
import { deliverEnv, readEnv } from '../edge/env.ts';
import { makeCall } from '../edge/http.ts';
import { DeliveryQueue } from '../edge/queue.ts';
import { readTriggers } from '../edge/triggers.ts';
import { type DeliverParts, deliver } from './deliver.ts';

const env = readEnv(deliverEnv);
const dynamodb = new DynamoDBClient();
const queue = new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL });
const backlog = new Backlog(dynamodb, env.BACKLOG_TABLE);

const parts: DeliverParts = {
  typed: (triggers) => readTriggers(dynamodb, env.TRIGGERS_TABLE, triggers),
  call: makeCall({
    connectTimeoutSeconds: env.CONNECT_TIMEOUT_SECONDS,
    attemptTimeoutSeconds: env.ATTEMPT_TIMEOUT_SECONDS,
    allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
  }),
  attempts: (notifications) => backlog.attempts(notifications),
  hold: (notification, held) => backlog.hold(notification, held),
  release: (notification) => backlog.release(notification),
  bury: (letter) => queue.bury(letter),
  handBack: (messages) => queue.handBack(messages),
  putTestResult: (notification, result, at) => backlog.putTestResult(notification, result, at),
  holds: env.HOLDS,
  attemptMs: env.ATTEMPT_TIMEOUT_SECONDS * 1000,
  now: Date.now,
  random: Math.random,
};

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  deliver(event.Records, parts, () => context.getRemainingTimeInMillis());
