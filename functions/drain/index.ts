import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { Backlog } from '../edge/backlog.ts';
import { drainEnv, readEnv } from '../edge/env.ts';
import { makeCall } from '../edge/http.ts';
import { Triggers } from '../edge/triggers.ts';
import { type DrainParts, drain } from './drain.ts';

const env = readEnv(drainEnv);

const parts: DrainParts = {
  triggers: new Triggers(env.TRIGGERS_TABLE),
  backlog: new Backlog(env.BACKLOG_TABLE),
  call: makeCall({
    connectTimeoutSeconds: env.CONNECT_TIMEOUT_SECONDS,
    attemptTimeoutSeconds: env.ATTEMPT_TIMEOUT_SECONDS,
    allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
  }),
  holds: env.HOLDS,
  attemptMs: env.ATTEMPT_TIMEOUT_SECONDS * 1000,
  concurrency: env.DRAIN_CONCURRENCY,
  now: Date.now,
  random: Math.random,
  sleep,
};

export const handler = (_: unknown, context: Context): Promise<void> =>
  drain(parts, () => context.getRemainingTimeInMillis());
