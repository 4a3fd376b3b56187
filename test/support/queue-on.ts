import type { SQSClient } from '@aws-sdk/client-sqs';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';

export const URLS = { queue: 'https://sqs.test/queue.fifo', deadLetterQueue: 'https://sqs.test/dead.fifo' };

/** A queue that does not pause. */
export function queueOn({ sqs }: { sqs: SQSClient }, pauses: number[] = [], random = () => 0) {
  return new DeliveryQueue(URLS, sqs, async (milliseconds) => pauses.push(milliseconds), random);
}
