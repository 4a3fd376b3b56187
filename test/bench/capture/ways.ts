import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { streamRecord } from '../../support/records.ts';
import { standInForAws } from '../aws-at-send.ts';
import { awsResponses, functionVariables } from '../aws-responses.ts';
import type { Way, Work } from '../workers.ts';

/** Records of a batch, as the stack sets it. */
const BATCH = 100;

/** The variants that turn stream records into messages, each with the AWS SDK and without it. */
export const ways = {
  capture: () => captureBatches(),
  'one send per record': () => oneByOne(),
  'capture, without the AWS SDK': () => without(captureBatches),
  'one send per record, without the AWS SDK': () => without(oneByOne),
} satisfies Readonly<Record<string, Way>>;

function without(way: Way) {
  standInForAws(awsResponses(() => 'https://example.com/hook'));
  return way();
}

async function captureBatches(): Promise<Work> {
  const { handler } = await import('../../../functions/capture/index.ts');
  return batches(handler);
}

/** Common code. */
function oneByOne(): Work {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  return batches(async ({ Records }) => {
    for (const { eventID, dynamodb } of Records) {
      const { AccountID, TaskID } = unmarshall(dynamodb?.NewImage as Parameters<typeof unmarshall>[0]);
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: functionVariables.QUEUE_URL,
          MessageBody: `?${new URLSearchParams({ AccountID, TaskID })}`,
          MessageGroupId: TaskID,
          MessageDeduplicationId: eventID,
        }),
      );
    }
  });
}

/** Calls a handler repeatedly with the same batch: a hundred edited tasks with ten attributes each. */
function batches(handler: (event: DynamoDBStreamEvent) => Promise<void>): Work {
  const event = {
    Records: Array.from({ length: BATCH }, (_, i) =>
      streamRecord('task', 'MODIFY', {
        AccountID: `account-${i % 10}`,
        TaskID: `task-${i}`,
        ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`attribute${n}`, `value ${n} of ${i}`])),
      }),
    ),
  };
  return async (goesOn) => {
    let done = 0;
    while (goesOn()) {
      await handler(event);
      done += BATCH;
    }
    return done;
  };
}
