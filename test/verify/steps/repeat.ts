import { createHash } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Notification } from '../../../functions/core/notification.ts';
import { notificationId, toMessage } from '../../../functions/core/notification.ts';
import { prove, send, stageOf, until, type World } from '../world.ts';

export async function repeat(world: World): Promise<string> {
  const { deps, receiver } = stageOf(world);
  await send(world, 'repeated', 'task.delete');
  const record = createHash('sha256').update(world.run).digest('hex');
  const notification: Notification = {
    id: notificationId(`verify ${world.run}`, 'task.delete'),
    trigger: 'task.delete',
    formattedString: `?AccountID=M-${world.run}&TaskID=T`,
    record,
    sequence: '1',
    changedAt: Date.now(),
  };
  const sendAs = (MessageDeduplicationId: string, message: Notification) =>
    deps.sqs.send(
      new SendMessageCommand({
        QueueUrl: deps.queueUrl,
        MessageGroupId: record,
        MessageDeduplicationId,
        MessageBody: toMessage(message),
      }),
    );
  await sendAs(notification.id, notification);
  await sendAs(notification.id, notification);
  // Another deduplication ID, as if SQS had forgotten the first message after five minutes.
  await sendAs(`${notification.id}-again`, notification);
  // The last message of the same message group: no call of the others can come after its call.
  const last = { ...notification, id: notificationId(`verify last ${world.run}`, 'task.delete'), sequence: '2' };
  await sendAs(last.id, last);
  await until(world, 'the last call', async () => (await receiver.calls('repeated')).some(({ id }) => id === last.id));
  const ids = (await receiver.calls('repeated')).map(({ id }) => id).filter((id) => id !== last.id);
  prove(
    ids.length === 2,
    `a message sent twice within the deduplication interval and once after it was called ${ids.length} times, not 2`,
  );
  prove(
    ids.every((id) => id === notification.id),
    `the webhook-id differs: ${ids.join(', ')}`,
  );
  return `a message sent twice within the deduplication interval is called once; sent after it, it is called again with the same webhook-id ${notification.id}`;
}
