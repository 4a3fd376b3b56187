import { readFileSync } from 'node:fs';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../adapters/env.ts';
import { depsOf } from '../operations/deployment.ts';
import { consoleApp } from './console.ts';
import { consoleEnv } from './env.ts';
import { type PageFile, pageFiles } from './serve-page.ts';

/** Less than the 30 s that the gateway waits for a response. */
const TEST_PATIENCE_MS = 25_000;

const env = readEnv(consoleEnv);

const fileBeside = (name: string) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');

export const handler = handle(
  consoleApp({
    // The token of each request replaces this name.
    admin: { ...depsOf(env.OUTPUTS, 'unknown', env.ALARM_NAMES), testPatienceMs: TEST_PATIENCE_MS },
    apiDescription: fileBeside('openapi.json'),
    page: Object.fromEntries(pageFiles.map((name) => [name, fileBeside(name)])) as Record<PageFile, string>,
    signIn: env.SIGN_IN,
  }),
);
