import type { TestResult } from '../../functions/adapters/backlog-items.ts';
import { LogChanges } from '../../functions/adapters/log-changes.ts';
import { PendingSearch } from '../../functions/adapters/pending-search.ts';
import { PullTokens } from '../../functions/adapters/pull-tokens.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { DynamoDBInMemory } from '../model/dynamodb.ts';
import { defaultRules } from './rules.ts';
import { SqsInMemory } from './sqs-in-memory.ts';
import { storesInMemory } from './stores.ts';

const crmKeys = {
  Customers: ['AccountID'],
  Cases: ['AccountID', 'CaseID'],
  Followups: ['CaseID', 'FollowupID'],
  Tasks: ['AccountID', 'TaskID'],
} as const;

export const QUEUE = 'https://sqs/queue.fifo';
export const DEAD_LETTERS = 'https://sqs/dead.fifo';

/** The dependencies of operations in memory. A test call gets a fixed response; redelivered notifications are in `sent`. */
export function adminWorld(overrides: Record<string, unknown> = {}) {
  const sent: Notification[] = [];
  const { db, triggers: triggersTable, backlog, secrets, history, log } = storesInMemory();
  const changes = new LogChanges('log', db.client());
  const queues = new SqsInMemory();
  const crm = new DynamoDBInMemory(crmKeys);
  const pullTokens = new PullTokens('secrets', db.client());
  const world = {
    triggersTable,
    backlog,
    pending: new PendingSearch('backlog', db.client()),
    secrets,
    history,
    log,
    changes,
    pullTokens,
    db,
    /** The CRM tables, which have no stream here. */
    crm,
    /** The delivery queue and the dead-letter queue. */
    queues,
    /** The requests to DynamoDB. */
    requests: db.requests,
    sent,
    /** How the receiver responds to a test. */
    responses: { delivered: true, response: 'HTTP 200', milliseconds: 42, body: 'thank you' } as TestResult,
  };
  const deps = {
    ...world,
    who: 'ada',
    logged: 'all',
    rules: defaultRules,
    rowRules: { customer: {}, case: {}, followup: {}, task: {} },
    outputs: { Stage: 'main' },
    dynamodb: crm.client(),
    crmTables: { customer: 'Customers', case: 'Cases', followup: 'Followups', task: 'Tasks' },
    sqs: queues.client(),
    queueUrl: QUEUE,
    deadLetterQueueUrl: DEAD_LETTERS,
    alarms: { read: async () => [] },
    lookUp: async () => [{ address: '8.8.8.8', family: 4 }],
    testPatienceMs: 1_000,
    startDrain: async () => {},
    queue: {
      async send(notifications: readonly Notification[]) {
        for (const notification of notifications)
          if (notification.test) await backlog.putTestResult(notification, world.responses, Date.now());
          else sent.push(notification);
      },
    },
    ...overrides,
  };
  return { ...world, deps: deps as unknown as OperationDeps };
}
