import {
  type MessageAttributeValue,
  type ReceiveMessageCommand,
  type SendMessageCommandInput,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>> | undefined;
  readonly sentAt: number;
  firstReceive: number | undefined;
  receives: number;
  receivedAt: number;
  /** Invisible until this time, in epoch milliseconds. */
  hiddenUntil: number;
  /** The handle of the latest receive. Older ones have no effect. */
  receipt: string;
}

/** The time since the receive. */
export const LONGEST_VISIBILITY_SECONDS = 12 * 3600;

export type Entry = Pick<
  SendMessageCommandInput,
  'MessageGroupId' | 'MessageDeduplicationId' | 'MessageBody' | 'MessageAttributes'
>;

export function systemAttributes(message: Message): SQSRecord['attributes'] {
  return {
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceive),
    SentTimestamp: String(message.sentAt),
    SenderId: 'sender',
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplication,
  };
}

/** The item has exactly the requested attributes. */
export function asReceived(message: Message, input: ReceiveMessageCommand['input']): object {
  const asked = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
  const known = Object.entries(systemAttributes(message));
  const wanted = known.filter(([name]) => (asked as readonly string[]).some((one) => one === name || one === 'All'));
  const own = Object.entries(message.attributes ?? {});
  const names = input.MessageAttributeNames ?? [];
  const ownWanted = own.filter(([name]) => names.some((one) => one === name || one === 'All'));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    ...(wanted.length > 0 && { Attributes: Object.fromEntries(wanted) }),
    ...(ownWanted.length > 0 && { MessageAttributes: Object.fromEntries(ownWanted) }),
  };
}

export function each<One extends { readonly Id: string | undefined }>(
  entries: readonly One[],
  act: (one: One) => boolean,
) {
  const done = entries.map((entry) => [entry.Id, act(entry)] as const);
  const expired = { Code: 'ReceiptHandleIsInvalid', SenderFault: true };
  return {
    Successful: done.filter(([, well]) => well).map(([Id]) => ({ Id })),
    Failed: done.filter(([, well]) => !well).map(([Id]) => ({ Id, ...expired })),
  };
}

export function orExpired(well: boolean): object {
  if (!well) reject('InvalidParameterValue', 'The receipt handle has expired.');
  return {};
}

export function rejectBatch(entries: readonly { readonly Id: string | undefined }[]): void {
  if (entries.length === 0) reject('EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > 10) reject('TooManyEntriesInBatchRequest', `${entries.length} entries are more than 10.`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    reject('BatchEntryIdsNotDistinct', 'Two entries of a batch have the same Id.');
}

export function rejectVisibility(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_VISIBILITY_SECONDS)
    reject('InvalidParameterValue', `A visibility timeout of ${seconds} s is none from 0 to 43200.`);
}

function reject(name: string, message: string): never {
  throw new SQSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}
