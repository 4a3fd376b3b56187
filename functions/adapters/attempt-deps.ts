import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod/mini';
import { Backlog } from './backlog.ts';
import { DeliveryLog } from './delivery-log.ts';
import type { attemptEnv } from './env.ts';
import { makeCall } from './http-call.ts';
import { Metrics } from './metrics-writer.ts';
import { Secrets } from './secret-store.ts';
import { Triggers } from './trigger-store.ts';

/** What every function that makes attempts touches of the world, from its environment. */
export function attemptDeps(env: z.output<typeof attemptEnv>) {
  // One for all tables: each has connections of its own, and each first connection is a TLS handshake of a cold start.
  const dynamodb = new DynamoDBClient({ cacheMiddleware: true });
  return {
    triggers: new Triggers(env.TRIGGERS_TABLE, dynamodb),
    backlog: new Backlog(env.BACKLOG_TABLE, dynamodb),
    secrets: new Secrets(env.SECRETS_TABLE, dynamodb),
    log: new DeliveryLog(env.DELIVERY_LOG_TABLE, dynamodb),
    logged: env.LOGGED,
    metrics: new Metrics(env.METRICS_NAMESPACE),
    call: makeCall({
      connectTimeoutSeconds: env.CONNECT_TIMEOUT_SECONDS,
      attemptTimeoutSeconds: env.ATTEMPT_TIMEOUT_SECONDS,
      rules: {
        allowHttp: env.ALLOW_HTTP,
        allowedPorts: env.ALLOWED_PORTS,
        allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
      },
    }),
    retryDelays: env.RETRY_DELAYS,
    attemptMs: env.ATTEMPT_TIMEOUT_SECONDS * 1000,
    now: Date.now,
    random: Math.random,
  };
}
