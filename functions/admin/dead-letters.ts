import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AdminParts } from './deployment.ts';

/** A message that no code could read, or that ended the function again and again. */
export interface DeadLetter {
  readonly id: string;
  readonly reason: string;
  readonly sentAt: string;
}

/** Shown messages come back into sight after this time; until then a second look misses them. */
const SHOWN_SECONDS = 2;
const SENT_BACK_SECONDS = 30;

/** The dead letters, as many as a few requests show. */
export async function deadLetters(parts: AdminParts): Promise<DeadLetter[]> {
  return (await receive(parts, SHOWN_SECONDS)).map(described);
}

/**
 * Sends the dead letters back to the delivery queue, each record's in their order. What becomes one again meanwhile is
 * left for another time.
 */
export async function sendBack(parts: AdminParts): Promise<DeadLetter[]> {
  const messages = await receive(parts, SENT_BACK_SECONDS);
  for (const { MessageId: id = '', Body, Attributes, ReceiptHandle } of messages) {
    await parts.sqs.send(
      new SendMessageCommand({
        QueueUrl: parts.queueUrl,
        MessageGroupId: Attributes?.MessageGroupId ?? id,
        MessageDeduplicationId: `back-${id}`,
        MessageBody: Body,
      }),
    );
    await parts.sqs.send(new DeleteMessageCommand({ QueueUrl: parts.deadLetterQueueUrl, ReceiptHandle }));
  }
  return messages.map(described);
}

async function receive(parts: AdminParts, visibilitySeconds: number): Promise<Message[]> {
  const all: Message[] = [];
  for (let requests = 0; requests < 100; requests++) {
    const { Messages = [] } = await parts.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: parts.deadLetterQueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['MessageGroupId', 'SentTimestamp'],
        MessageAttributeNames: ['reason'],
      }),
    );
    if (Messages.length === 0) break;
    all.push(...Messages);
  }
  return all;
}

function described({ MessageId = '', Attributes, MessageAttributes }: Message): DeadLetter {
  const reason = MessageAttributes?.reason?.StringValue ?? 'it was received too often, and never settled';
  return { id: MessageId, reason, sentAt: new Date(Number(Attributes?.SentTimestamp)).toISOString() };
}
