import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { DeliveryQueue } from '../adapters/delivery-queue.ts';
import { captureEnv, readEnv } from '../adapters/env.ts';
import { FailedWriter } from '../adapters/failed-writer.ts';
import { Metrics } from '../adapters/metrics-writer.ts';
import { RecordCounts } from '../adapters/record-counts.ts';
import { remember } from '../adapters/remember.ts';
import { Triggers } from '../adapters/trigger-store.ts';
import { entities, type Trigger } from '../core/entity.ts';
import { type CaptureDeps, capture } from './capture.ts';

/** A change of a URL takes effect within this time. */
const TRIGGERS_CACHED_MS = 5_000;

const env = readEnv(captureEnv);
const dynamodb = new DynamoDBClient({ cacheMiddleware: true });
const table = new Triggers(env.TRIGGERS_TABLE, dynamodb);
const triggers = entities[env.ENTITY].actions.map((action) => `${env.ENTITY}.${action}` as Trigger);

const deps: CaptureDeps = {
  entity: env.ENTITY,
  rules: env.ROW_RULES,
  ...(env.RECORD_LIMIT && { counts: new RecordCounts(env.BACKLOG_TABLE, env.RECORD_LIMIT, dynamodb) }),
  withUrl: remember(() => table.withUrl(triggers), TRIGGERS_CACHED_MS, Date.now),
  queue: new DeliveryQueue({ queue: env.QUEUE_URL }),
  metrics: new Metrics(env.METRICS_NAMESPACE),
  backlog: new FailedWriter(env.BACKLOG_TABLE, dynamodb),
  now: Date.now,
};

export const handler = (event: DynamoDBStreamEvent): Promise<void> => capture(event.Records, deps);
