import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Deps } from './deployment.ts';

/** Visible messages, those in flight or waiting, and delayed ones. */
const sizeAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** How many messages a queue holds, visible or not. SQS counts them approximately. */
export async function messagesIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...sizeAttributes] });
  return sizeOf((await sqs.send(get)).Attributes ?? {});
}

/**
 * The same for the delivery queue; `null` when SQS does not respond, because the rest of the page does not depend on
 * it.
 */
export async function queueSize({ sqs, queueUrl }: Deps<'sqs' | 'queueUrl'>): Promise<number | null> {
  try {
    return await messagesIn(sqs, queueUrl);
  } catch {
    return null;
  }
}

/** The same by a queue's attributes. */
export function sizeOf(attributes: Readonly<Record<string, string | undefined>>): number {
  return sizeAttributes.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
}
