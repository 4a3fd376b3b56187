import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Deps } from './deployment.ts';

/** Messages that are visible, in flight, or delayed. */
const sizeAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Returns the approximate number of messages in a queue, visible or not. */
export async function messagesIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...sizeAttributes] });
  return sizeOf((await sqs.send(get)).Attributes ?? {});
}

/**
 * Returns the same for the delivery queue. It returns `null` if SQS does not respond, because the page can do without it.
 */
export async function queueSize({ sqs, queueUrl }: Deps<'sqs' | 'queueUrl'>): Promise<number | null> {
  try {
    return await messagesIn(sqs, queueUrl);
  } catch {
    return null;
  }
}

/** Returns the same from a queue's attributes. */
export function sizeOf(attributes: Readonly<Record<string, string | undefined>>): number {
  return sizeAttributes.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
}
