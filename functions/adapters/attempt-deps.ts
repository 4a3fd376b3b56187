import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod/mini';
import { Backlog } from './backlog.ts';
import { DeliveryLogWriter } from './delivery-log-writer.ts';
import type { attemptEnv } from './env.ts';
import { makeCall } from './http-call.ts';
import { Metrics } from './metrics-writer.ts';
import { Secrets } from './secret-store.ts';
import { SigningHash } from './signing-hash.ts';
import { Triggers } from './trigger-store.ts';

/** One client for all tables of a function: each client would need a TLS handshake of its own at a cold start. */
export const oneClient = () => new DynamoDBClient({ cacheMiddleware: true, sha256: SigningHash });

/** The adapters of a function that makes attempts, made from its environment. */
export function attemptDeps(env: z.output<typeof attemptEnv>, dynamodb: DynamoDBClient) {
  return {
    triggers: new Triggers(env.TRIGGERS_TABLE, dynamodb),
    backlog: new Backlog(env.BACKLOG_TABLE, dynamodb),
    secrets: new Secrets(env.SECRETS_TABLE, dynamodb),
    log: new DeliveryLogWriter(env.DELIVERY_LOG_TABLE, dynamodb),
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
