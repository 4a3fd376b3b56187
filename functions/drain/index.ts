import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { attemptParts } from '../adapters/attempt-deps.ts';
import { drainEnv, readEnv } from '../adapters/env.ts';
import type { DrainParts } from './deps.ts';
import { drain } from './drain.ts';

const env = readEnv(drainEnv);

const parts: DrainParts = { ...attemptParts(env), concurrency: env.DRAIN_CONCURRENCY, sleep };

export const handler = (_: unknown, context: Context): Promise<void> =>
  drain(parts, () => context.getRemainingTimeInMillis());
