import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestResult } from '../adapters/backlog-items.ts';
import { entities, entityOf, type Trigger } from '../core/entity.ts';
import { formattedString } from '../core/formatted-string.ts';
import { type Notification, notificationId } from '../core/notification.ts';
import type { Deps } from './deployment.ts';
import { noUrl } from './no-url.ts';
import { UserError } from './user-error.ts';

const TEST_POLL_MS = 250;

/**
 * Sends a test notification with invented IDs through the deployed queue and function, and waits for its result.
 *
 * @throws {UserError} If no URL is set, or the result does not arrive in time.
 */
export async function test(
  deps: Deps<'triggersTable' | 'queue' | 'backlog' | 'testPatienceMs'>,
  trigger: Trigger,
): Promise<TestResult & { formattedString: string }> {
  const now = await deps.triggersTable.read([trigger]);
  if (!now.get(trigger)?.url) throw new UserError(`${trigger} cannot be tested: ${noUrl(trigger)}.`, 'conflict');
  const notification = testNotification(trigger);
  await deps.queue.send([notification]);
  const end = Date.now() + deps.testPatienceMs;
  while (Date.now() < end) {
    const result = await deps.backlog.testResult(notification);
    if (result) return { ...result, formattedString: notification.formattedString };
    await sleep(TEST_POLL_MS);
  }
  throw new UserError(
    `The test has no result after ${deps.testPatienceMs / 1000} s. Fix: check whether the deliver function runs, and its log.`,
    'silent',
  );
}

function testNotification(trigger: Trigger): Notification {
  const entity = entityOf(trigger);
  const eventId = randomUUID();
  const id = notificationId(eventId, trigger);
  const ids = Object.fromEntries(entities[entity].ids.map((name) => [name, `test-${name}`]));
  return {
    id,
    trigger,
    formattedString: formattedString(entity, ids),
    // A test has its own record, so that no real notification waits behind it.
    record: id.slice(4).padStart(64, '0'),
    sequence: '0',
    changedAt: Date.now(),
    test: true,
  };
}
