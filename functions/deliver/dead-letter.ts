import type { SQSRecord } from 'aws-lambda';
import { log } from '../adapters/logger.ts';
import { fromMessage } from '../core/notification.ts';
import type { BatchDeps } from './deps.ts';

export async function sendToDeadLetterQueue(message: SQSRecord, { queue }: BatchDeps): Promise<void> {
  const { messageId, body, attributes } = message;
  const read = fromMessage(body);
  const reason = 'unreadable' in read ? read.unreadable : '';
  await queue.sendToDeadLetters({ id: messageId, group: attributes.MessageGroupId ?? messageId, body, reason });
  const fields = { messageId, id: notificationIdOf(message), reason };
  log('error', 'a message went to the dead-letter queue', fields);
}

/** Returns the notification's ID from the attributes of a message that cannot be read. */
function notificationIdOf({ attributes }: SQSRecord): string | undefined {
  return attributes.MessageDeduplicationId?.match(/^msg_[0-9a-f]{32}/)?.[0];
}
