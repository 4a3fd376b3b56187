import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { VISIBILITY_MS } from '../../functions/core/deliver-times.ts';
import type { FifoQueue } from './fifo-queue.ts';
import type { Environment, Network } from './network.ts';
import { asReceived, each, orExpired, rejectBatch, rejectVisibility } from './sqs-responses.ts';

/** The URLs by which the functions of the model name the queues. */
export const QUEUE_URL = 'queue';
export const DEAD_LETTER_URL = 'dead';

/** Creates the client of a function's environment. Requests with the URL of the dead-letter queue go to that queue. */
export function sqsClient(queue: FifoQueue, network: Network, from: Environment): SQSClient {
  const send = (command: { readonly input: { readonly QueueUrl?: string } }) => {
    const isDead = command.input.QueueUrl === DEAD_LETTER_URL && queue.deadLetters;
    return network.request(from, () => response(isDead || queue, network, command), { resends: true });
  };
  return { send } as unknown as SQSClient;
}

function response(queue: FifoQueue, { chance, faults, clock }: Network, command: unknown): object {
  if (command instanceof SendMessageBatchCommand) {
    const entries = command.input.Entries ?? [];
    rejectBatch(entries);
    const half = chance.happens(faults.halfAccepted);
    const rejected = entries.filter(() => half && chance.happens(0.5));
    const taken = entries.filter((entry) => !rejected.includes(entry));
    return {
      Successful: taken.map((entry) => ({ Id: entry.Id, MessageId: queue.send(entry) })),
      Failed: rejected.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    };
  }
  if (command instanceof SendMessageCommand) return { MessageId: queue.send(command.input) };
  if (command instanceof ChangeMessageVisibilityBatchCommand) {
    const entries = command.input.Entries ?? [];
    rejectBatch(entries);
    return each(entries, ({ ReceiptHandle, VisibilityTimeout = 0 }) => {
      rejectVisibility(VisibilityTimeout);
      return queue.hide(ReceiptHandle, VisibilityTimeout);
    });
  }
  if (command instanceof ChangeMessageVisibilityCommand) {
    const { ReceiptHandle, VisibilityTimeout = 0 } = command.input;
    rejectVisibility(VisibilityTimeout);
    return orExpired(queue.hide(ReceiptHandle, VisibilityTimeout));
  }
  if (command instanceof DeleteMessageBatchCommand) {
    const entries = command.input.Entries ?? [];
    rejectBatch(entries);
    return each(entries, ({ ReceiptHandle }) => queue.delete(ReceiptHandle));
  }
  if (command instanceof DeleteMessageCommand) return orExpired(queue.delete(command.input.ReceiptHandle));
  if (command instanceof ReceiveMessageCommand) {
    const { MaxNumberOfMessages = 1, VisibilityTimeout = VISIBILITY_MS / 1000 } = command.input;
    const taken = queue.take(MaxNumberOfMessages, VisibilityTimeout * 1000);
    if (taken.length === 0) return {};
    return { Messages: taken.map((message) => asReceived(message, command.input)) };
  }
  if (command instanceof GetQueueAttributesCommand) {
    const hidden = queue.messages.filter(({ hiddenUntil }) => hiddenUntil > clock.now()).length;
    const counts = {
      ApproximateNumberOfMessages: String(queue.messages.length - hidden),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      ApproximateNumberOfMessagesDelayed: '0',
    };
    return { Attributes: counts };
  }
  throw new Error(`FifoQueue does not know ${(command as object).constructor.name}.`);
}
