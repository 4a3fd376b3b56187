import { createHash } from 'node:crypto';
import type { AttributeValue, DynamoDBRecord, SQSRecord } from 'aws-lambda';
import type { Entity } from '../../functions/core/entity.ts';
import { entities } from '../../functions/core/entity.ts';
import { type Notification, toMessage } from '../../functions/core/notification.ts';

type Row = Record<string, AttributeValue | string>;

const entered = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'string' ? { S: v } : v]));

let made = 0;

/** The hash of a record, as a notification has it. */
export const record = (n: number | string) => String(n).padStart(64, '0');

/** A stream record in the form of a Lambda event. Text values become DynamoDB strings. */
export function streamRecord(
  entity: Entity,
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  row: Row,
  overrides: Partial<DynamoDBRecord> = {},
): DynamoDBRecord {
  made++;
  const image = entered(row);
  const keys = Object.fromEntries(
    entities[entity].key.flatMap((name) => (image[name] ? [[name, image[name]] as const] : [])),
  );
  return {
    eventID: `event-${made}`,
    eventName,
    eventSource: 'aws:dynamodb',
    eventVersion: '1.1',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_760_000_000,
      Keys: keys,
      SequenceNumber: String(1_000_000 + made),
      SizeBytes: 1,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...(eventName !== 'REMOVE' && { NewImage: image }),
      ...(eventName !== 'INSERT' && { OldImage: image }),
    },
    ...overrides,
  };
}

export function notification(overrides: Partial<Notification> = {}): Notification {
  made++;
  return {
    id: `msg_${createHash('sha256').update(`${made}`).digest('hex').slice(0, 32)}`,
    trigger: 'customer.edit',
    formattedString: `?AccountID=a${made}`,
    record: createHash('sha256').update('one record').digest('hex'),
    sequence: String(made),
    changedAt: Date.now(),
    ...overrides,
  };
}

/** A queue message in the form of a Lambda event. */
export function message(content: Notification | string, attributes: Partial<SQSRecord['attributes']> = {}): SQSRecord {
  made++;
  return {
    messageId: `message-${made}`,
    receiptHandle: `receipt-${made}`,
    body: typeof content === 'string' ? content : toMessage(content),
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      SenderId: 'sender',
      SentTimestamp: String(Date.now()),
      MessageGroupId: typeof content === 'string' ? 'group' : content.record,
      ...attributes,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:queue.fifo',
    awsRegion: 'eu-west-1',
  };
}
