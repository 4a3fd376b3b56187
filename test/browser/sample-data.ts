import { marshall } from '@aws-sdk/util-dynamodb';
import type { AlarmState } from '../../functions/adapters/alarms.ts';
import { triggers } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { DEAD_LETTERS } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';
import type { servedPage } from './served-page.ts';

type Served = Awaited<ReturnType<typeof servedPage>>;

/** Moves a notification to Failed. */
export async function addFailed({ backlog }: Pick<Served, 'backlog'>, fields: object = {}, reason = 'HTTP 404') {
  const sent = notification({ trigger: 'task.edit', ...fields });
  const { id, trigger, record, sequence, changedAt } = sent;
  const failedAt = Date.now();
  await backlog.fail({ id, trigger, record, sequence, changedAt, reason, attempts: 5, failedAt, notification: sent });
  return sent;
}

/** Logs the five failed attempts of a notification. */
export async function addAttempts(
  { log }: Pick<Served, 'log'>,
  { id, trigger, formattedString }: Pick<Notification, 'id' | 'trigger' | 'formattedString'>,
) {
  const failed = { id, trigger, formattedString, milliseconds: 51, outcome: 'failed', response: 'HTTP 404' } as const;
  await log.write(
    [1, 2, 3, 4, 5].map((n) => ({ ...failed, attempt: n, at: Date.now() - 10_000 + n, body: 'not here' })),
  );
}

const HEADERS = 'content-type: text/plain\ncontent-length: 8\ndate: Fri, 27 Nov 2026 14:00:00 GMT\nserver: nginx';

/** Stores triggers in each state, a failed notification and its attempts. */
export async function addSampleData(served: Served) {
  for (const trigger of triggers.slice(0, 10)) await set(served.deps, trigger, `https://crm.example.com/${trigger}`);
  for (let n = 0; n < 3; n++) await served.triggersTable.countFailure('customer.edit', Date.now());
  await served.triggersTable.move('case.create', 'park', { parkedBecause: 'HTTP 503', probeAt: Date.now() + 600_000 });
  const waiting = Array.from({ length: 12 }, () => notification({ trigger: 'case.create' }));
  const tried = { attempts: 1, firstAttempt: 1, response: 'HTTP 503', nextTry: 1 };
  await served.backlog.park(
    waiting.map((notification) => ({ notification, ...tried })),
    1,
  );
  await pause(served.deps, 'followup.create');
  const { id, formattedString } = await addFailed(served);
  const attempt = {
    trigger: 'task.edit',
    id,
    formattedString,
    milliseconds: 51,
    outcome: 'failed',
    response: 'HTTP 404',
  } as const;
  await served.log.write(
    [1, 2, 3].map((n) => ({ ...attempt, attempt: n, at: Date.now() - 1000 * n, body: 'not here', headers: HEADERS })),
  );
  served.activity.add('agent', 'The agent created a customer', 'AccountID=A-1');
  served.activity.add('call', 'customer.create was called with', '?AccountID=A-1');
}

const alarm = (name: string, state: AlarmState['state'], heading: string, meaning: string): AlarmState => ({
  name: `CrmTriggers-Monitoring${name}1A2B3C4D-ABCDEFGHIJKL`,
  state,
  since: Date.now() - 40 * 60_000,
  description: `${meaning} What to do: docs/operations/alarms.md#${heading}`,
});

/** Two alarms that are on, one that is not, and one without data. */
export const sampleAlarms = {
  read: async () => [
    alarm('TriggerDown', 'ALARM', 'trigger-down', 'Calls of this trigger have failed for 15 minutes. Nothing is lost.'),
    alarm('DeadLetters', 'ALARM', 'dead-letters', 'The dead-letter queue holds messages that deliver could not read.'),
    alarm('QueueBehind', 'OK', 'queue-behind', 'Deliver is too slow.'),
    alarm('ChangesUnsent', 'INSUFFICIENT_DATA', 'changes-unsent', 'The queue did not accept change records.'),
  ],
};

/** Adds dead letters of two records, and rows. */
export function addOperationsData({ queues, crm }: Served): void {
  for (const record of ['a', 'b']) queues.add(DEAD_LETTERS, record, '{"v":9}');
  for (let n = 0; n < 3; n++) crm.put('Tasks', marshall({ AccountID: `a${n}`, TaskID: `t${n}` }));
}
