import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { attemptDeps, oneClient } from '../adapters/attempt-deps.ts';
import { drainEnv, readEnv } from '../adapters/env.ts';
import type { DrainDeps } from './deps.ts';
import { drain } from './drain.ts';

const env = readEnv(drainEnv);

const deps: DrainDeps = { ...attemptDeps(env, oneClient()), concurrency: env.DRAIN_CONCURRENCY, sleep };

export const handler = (_: unknown, context: Context): Promise<void> =>
  drain(deps, () => context.getRemainingTimeInMillis());
