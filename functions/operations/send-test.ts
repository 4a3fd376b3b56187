import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestResult } from '../adapters/backlog.ts';
import { entities, entityOf, type Trigger } from '../core/entity.ts';
import { formattedString } from '../core/formatted-string.ts';
import { type Notification, notificationId } from '../core/notification.ts';
import type { AdminParts } from './deployment.ts';
import { noUrl } from './no-url.ts';
import { Refusal } from './user-error.ts';

const TEST_POLL_MS = 250;

/**
 * Sends a notification with made-up ids through the real queue and function, and waits for what comes of it.
 *
 * @throws {Refusal} When no URL is set, or nothing came of it in time.
 */
export async function test(parts: AdminParts, trigger: Trigger): Promise<TestResult & { formattedString: string }> {
  const now = await parts.triggersTable.read([trigger]);
  if (!now.get(trigger)?.url) throw new Refusal(`${trigger} cannot be tested: ${noUrl(trigger)}.`, 'conflict');
  const notification = testNotification(trigger);
  await parts.queue.send([notification]);
  const end = Date.now() + parts.testPatienceMs;
  while (Date.now() < end) {
    const result = await parts.backlog.testResult(notification);
    if (result) return { ...result, formattedString: notification.formattedString };
    await sleep(TEST_POLL_MS);
  }
  throw new Refusal(
    `Nothing came of the test within ${parts.testPatienceMs / 1000} s: see whether the deliver function runs, and its log.`,
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
    // A record of its own: no real notification waits behind a test.
    record: id.slice(4).padStart(64, '0'),
    sequence: '0',
    changedAt: Date.now(),
    test: true,
  };
}
