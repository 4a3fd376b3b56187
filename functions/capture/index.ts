import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { entities, type Trigger } from '../core/entity.ts';
import { captureEnv, readEnv } from '../edge/env.ts';
import { DeliveryQueue } from '../edge/queue.ts';
import { readTriggers, remember } from '../edge/triggers.ts';
import { type CaptureParts, capture } from './capture.ts';

/** A typed URL takes effect within this time. */
const TYPED_KEPT_MS = 5_000;

const env = readEnv(captureEnv);
const dynamodb = new DynamoDBClient();
const queue = new DeliveryQueue({ queue: env.QUEUE_URL, deadLetterQueue: env.DEAD_LETTER_QUEUE_URL });
const triggers = entities[env.ENTITY].actions.map((action) => `${env.ENTITY}.${action}` as Trigger);

const parts: CaptureParts = {
  entity: env.ENTITY,
  typed: remember(() => readTriggers(dynamodb, env.TRIGGERS_TABLE, triggers), TYPED_KEPT_MS, Date.now),
  send: (notifications) => queue.send(notifications),
  bury: (letter) => queue.bury(letter),
  now: Date.now,
};

export const handler = (event: DynamoDBStreamEvent): Promise<void> => capture(event.Records, parts);
