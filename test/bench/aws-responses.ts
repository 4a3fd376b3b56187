import { createHash } from 'node:crypto';
import type { AttributeValue, BatchGetItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { SendMessageBatchCommandInput, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { SECRET_BYTES, secretOf } from '../../functions/core/signature.ts';

/** The secret of every trigger. */
export const secret = secretOf(Buffer.alloc(SECRET_BYTES, 7));

const tables: Readonly<Record<string, (url: string, credentials: object) => Record<string, AttributeValue>>> = {
  triggers: (url) => ({
    url: { S: url },
    urlVersion: { N: '1' },
    shownVersion: { N: '1' },
    isSet: { BOOL: true },
    state: { S: 'active' },
  }),
  secrets: (_, credentials) => ({
    content: { S: JSON.stringify({ secret, replaced: [], headers: {}, ...credentials }) },
    version: { N: '1' },
  }),
};

/** Responses of AWS without faults: each trigger has this URL and a secret, and writes are accepted. */
export const awsResponses = (url: () => string, credentials: () => object = () => ({})) => ({
  BatchGetItem: ({ RequestItems = {} }: BatchGetItemCommandInput) => ({
    Responses: Object.fromEntries(
      Object.entries(RequestItems).map(([table, { Keys = [] }]) => [
        table,
        Keys.map((key) => ({ ...key, ...tables[table]?.(url(), credentials()) })),
      ]),
    ),
  }),
  PutItem: () => ({}),
  SendMessageBatch: ({ Entries = [] }: SendMessageBatchCommandInput) => ({
    Successful: Entries.map(({ Id, MessageBody = '' }) => ({ Id, ...taken(MessageBody) })),
  }),
  SendMessage: ({ MessageBody = '' }: SendMessageCommandInput) => taken(MessageBody),
});

/** The SDK compares the digest with its request. */
function taken(body: string) {
  return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(body).digest('hex'), SequenceNumber: '1' };
}

/** The functions' variables. The names of the tables are those above. */
export const functionVariables = {
  TRIGGERS_TABLE: 'triggers',
  SECRETS_TABLE: 'secrets',
  BACKLOG_TABLE: 'backlog',
  DELIVERY_LOG_TABLE: 'log',
  QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/queue.fifo',
  DRAIN_URL: 'https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/drain/invocations',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/dead.fifo',
  LOGGED: 'all',
  METRICS_NAMESPACE: 'bench',
  ALARM_NAMES: '/bench',
  ROW_RULES: '{}',
  RECORD_LIMIT: 'null',
  CONNECT_TIMEOUT_SECONDS: '3',
  ATTEMPT_TIMEOUT_SECONDS: '10',
  RETRY_DELAYS: '5,30,120,600',
  ALLOW_HTTP: 'true',
  ALLOWED_PORTS: '',
  ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

/** With these, the functions also print as they do on Lambda. */
export const lambdaVariables = { ...functionVariables, AWS_LAMBDA_FUNCTION_NAME: 'bench' };
