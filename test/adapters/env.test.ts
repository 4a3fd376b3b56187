import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureEnv, deliverEnv, readEnv } from '../../functions/adapters/env.ts';

const right = {
  TRIGGERS_TABLE: 'triggers',
  BACKLOG_TABLE: 'backlog',
  QUEUE_URL: 'https://queue',
  DEAD_LETTER_QUEUE_URL: 'https://dead',
  DRAIN_URL: 'https://drain',
  CONNECT_TIMEOUT_SECONDS: '3',
  ATTEMPT_TIMEOUT_SECONDS: '10',
  SECRETS_TABLE: 'secrets',
  DELIVERY_LOG_TABLE: 'log',
  LOGGED: 'failures',
  METRICS_NAMESPACE: 'CrmTriggers',
  RETRY_DELAYS: '5,30,120,600',
  ALLOW_HTTP: 'false',
  ALLOWED_PORTS: '25,110',
  ALLOWED_PRIVATE_NETWORKS: '',
};

function withEnv<Result>(variables: Record<string, string>, read: () => Result): Result {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return read();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

test('parses numbers and lists', () => {
  const env = withEnv(right, () => readEnv(deliverEnv));
  assert.deepEqual(env.RETRY_DELAYS, [5, 30, 120, 600]);
  assert.deepEqual([env.ALLOW_HTTP, env.ALLOWED_PORTS, env.ALLOWED_PRIVATE_NETWORKS], [false, [25, 110], []]);
  assert.equal(env.CONNECT_TIMEOUT_SECONDS, 3);
});

test('a missing or wrong variable stops the function at its start with one line that names it', () => {
  assert.throws(
    () => withEnv({ ...right, QUEUE_URL: '', CONNECT_TIMEOUT_SECONDS: 'soon' }, () => readEnv(deliverEnv)),
    /^Error: Wrong environment: CONNECT_TIMEOUT_SECONDS: .*; QUEUE_URL: .*$/,
  );
  assert.throws(() => readEnv(deliverEnv), /TRIGGERS_TABLE/);
});

test('parses row rules from JSON, and stops capture with one line if they are not JSON', () => {
  const capture = { ...right, ENTITY: 'task', ROW_RULES: '{"ignore":["t"]}', RECORD_LIMIT: 'null' };
  const { ROW_RULES, RECORD_LIMIT } = withEnv(capture, () => readEnv(captureEnv));
  assert.deepEqual([ROW_RULES, RECORD_LIMIT], [{ ignore: ['t'] }, null]);
  assert.throws(
    () => withEnv({ ...capture, ROW_RULES: '{', RECORD_LIMIT: '{"changes":1}' }, () => readEnv(captureEnv)),
    /^Error: Wrong environment: ROW_RULES: is not JSON; RECORD_LIMIT\.perSeconds: .*$/,
  );
});
