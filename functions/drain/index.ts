import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { attemptParts } from '../edge/attempt-parts.ts';
import { drainEnv, readEnv } from '../edge/env.ts';
import { drain } from './drain.ts';
import type { DrainParts } from './parts.ts';

const env = readEnv(drainEnv);

const parts: DrainParts = { ...attemptParts(env), concurrency: env.DRAIN_CONCURRENCY, sleep };

export const handler = (_: unknown, context: Context): Promise<void> =>
  drain(parts, () => context.getRemainingTimeInMillis());
