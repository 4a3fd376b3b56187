import { ChangeMessageVisibilityBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { inBatches } from '../core/waves.ts';
import type { Deps } from './deployment.ts';

export type LetterDeps = Deps<'sqs' | 'deadLetterQueueUrl'>;

/** A message that could not be read, or whose processing ended the function again and again. */
export interface DeadLetter {
  readonly id: string;
  readonly reason: string;
  readonly sentAt: string;
}

/** The limit of messages per request to SQS. */
const PAGE = 10;

/** Long polling: SQS then queries all its servers before it returns nothing. */
const WAIT_SECONDS = 1;

/** Receives a page of messages, which are then invisible for a time in seconds. */
export async function receive({ sqs, deadLetterQueueUrl }: LetterDeps, VisibilityTimeout: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MaxNumberOfMessages: PAGE,
      WaitTimeSeconds: WAIT_SECONDS,
      VisibilityTimeout,
      MessageSystemAttributeNames: ['MessageDeduplicationId', 'MessageGroupId', 'SentTimestamp'],
      MessageAttributeNames: ['reason'],
    }),
  );
  return Messages;
}

/** Makes received messages visible again. A message whose handle has expired is visible already. */
export async function makeVisible(
  { sqs, deadLetterQueueUrl }: LetterDeps,
  messages: readonly Message[],
): Promise<void> {
  for (const batch of inBatches(messages, PAGE))
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: deadLetterQueueUrl,
        Entries: batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 })),
      }),
    );
}

export function described({ MessageId = '', Attributes, MessageAttributes }: Message): DeadLetter {
  const reason = MessageAttributes?.reason?.StringValue ?? 'it was received too often, and never settled';
  return { id: MessageId, reason, sentAt: new Date(Number(Attributes?.SentTimestamp)).toISOString() };
}
