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
  // As when it is sent again after SQS has forgotten the first, five minutes later.
  await sendAs(`${notification.id}-again`, notification);
  // Behind them in the same message group: what is not called before it is not called.
  const last = { ...notification, id: notificationId(`verify last ${world.run}`, 'task.delete'), sequence: '2' };
  await sendAs(last.id, last);
  await until(world, 'the last call', async () => (await receiver.calls('repeated')).some(({ id }) => id === last.id));
  const ids = (await receiver.calls('repeated')).map(({ id }) => id).filter((id) => id !== last.id);
  prove(
    ids.length === 2,
    `a message that was sent twice in SQS's five minutes and once more was called ${ids.length} times, not 2`,
  );
  prove(
    ids.every((id) => id === notification.id),
    `the webhook-id differs: ${ids.join(', ')}`,
  );
  return `a message sent twice in SQS's five minutes is called once; sent again, it is called with the same webhook-id ${notification.id}`;
}
