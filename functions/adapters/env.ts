import * as z from 'zod/mini';
import { type Entity, entityNames } from '../core/entity.ts';
import { type Logged, loggedNames } from '../core/log-entry.ts';
import { recordLimit } from '../core/record-limit.ts';
import { rowRules } from '../core/row-rules.ts';
import { json } from './json-text.ts';

/**
 * The environment of each function as one schema. infra/ sets the variables by it: a missing one does not compile. The
 * function reads them by it: a wrong one stops the function at its start.
 */

const text = z.string().check(z.minLength(1));
const measuring = { METRICS_NAMESPACE: text };
const positive = z.coerce.number().check(z.positive());
const list = z.pipe(
  z.string(),
  z.transform((value) => value.split(',').filter((part) => part !== '')),
);
const numbers = z.pipe(
  list,
  z.transform((parts) => parts.map(Number)),
);

export const captureEnv = z.object({
  ENTITY: z.enum(entityNames as [Entity, ...Entity[]]),
  TRIGGERS_TABLE: text,
  BACKLOG_TABLE: text,
  QUEUE_URL: text,
  /** JSON. `{}` means no rules. */
  ROW_RULES: json(rowRules),
  /** JSON. `null` means no limit. */
  RECORD_LIMIT: json(z.nullable(recordLimit)),
  ...measuring,
});

/** The variables of each function that makes attempts. */
export const attemptEnv = z.object({
  TRIGGERS_TABLE: text,
  BACKLOG_TABLE: text,
  SECRETS_TABLE: text,
  DELIVERY_LOG_TABLE: text,
  ...measuring,
  /** Which attempts are logged. */
  LOGGED: z.enum(loggedNames as [Logged, ...Logged[]]),
  CONNECT_TIMEOUT_SECONDS: positive,
  ATTEMPT_TIMEOUT_SECONDS: positive,
  /** Seconds, separated by commas. */
  RETRY_DELAYS: numbers,
  /** The receiver rules: `true` or `false`; numbers and CIDRs, separated by commas. */
  ALLOW_HTTP: z.pipe(
    z.enum(['true', 'false']),
    z.transform((word) => word === 'true'),
  ),
  ALLOWED_PORTS: numbers,
  ALLOWED_PRIVATE_NETWORKS: list,
});

export const deliverEnv = z.extend(attemptEnv, {
  QUEUE_URL: text,
  DEAD_LETTER_QUEUE_URL: text,
  /** The URL of drain's `invocations` in the API of Lambda. */
  DRAIN_URL: text,
});

export const drainEnv = z.extend(attemptEnv, { DRAIN_CONCURRENCY: positive });

/** The variables that infra/ must set for a function with this schema. */
export type Variables<Schema> =
  Schema extends z.ZodMiniObject<infer Shape> ? Record<keyof Shape & string, string> : never;

/** @throws {Error} One line that names each wrong variable. */
export function readEnv<Schema extends z.ZodMiniType>(schema: Schema): z.output<Schema> {
  const read = z.safeParse(schema, process.env);
  if (read.success) return read.data;
  const wrong = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Wrong environment: ${wrong.join('; ')}`);
}
