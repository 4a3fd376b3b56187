import type { AdminParts } from '../../functions/admin/deployment.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { TestResult } from '../../functions/edge/backlog.ts';
import type { History, HistoryEntry } from '../../functions/edge/history.ts';
import { BacklogInMemory, LogInMemory, SecretsInMemory, TriggersInMemory } from '../model/tables.ts';
import { defaultRules } from './rules.ts';

/** What admins did, in memory. */
class HistoryInMemory implements Pick<History, 'add' | 'read'> {
  readonly entries: HistoryEntry[] = [];

  async add(entry: HistoryEntry): Promise<void> {
    this.entries.unshift(entry);
  }

  async read(limit: number): Promise<{ entries: HistoryEntry[] }> {
    return { entries: this.entries.slice(0, limit) };
  }
}

/** What the admin's operations touch, in memory. A test is answered as told, what is sent again is kept in `sent`. */
export function adminWorld(overrides: Record<string, unknown> = {}) {
  const sent: Notification[] = [];
  const backlog = new BacklogInMemory();
  const world = {
    triggersTable: new TriggersInMemory(),
    backlog,
    secrets: new SecretsInMemory(),
    history: new HistoryInMemory(),
    log: new LogInMemory(),
    sent,
    /** How the receiver answers to a test. */
    answers: { delivered: true, answer: 'HTTP 200', milliseconds: 42, body: 'thank you' } as TestResult,
  };
  const parts = {
    ...world,
    who: 'ada',
    rules: defaultRules,
    rowRules: {},
    resolve: async () => [{ address: '8.8.8.8', family: 4 }],
    testPatienceMs: 1_000,
    wakeDrain: async () => {},
    queue: {
      async send(notifications: readonly Notification[]) {
        for (const notification of notifications)
          if (notification.test) backlog.tests.set(notification.id, world.answers);
          else sent.push(notification);
      },
    },
    ...overrides,
  };
  return { ...world, parts: parts as unknown as AdminParts };
}
