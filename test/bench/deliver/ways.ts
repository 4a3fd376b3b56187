import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import axios from 'axios';
import { Agent, request } from 'undici';
import { requestHeaders } from '../../../functions/attempt/request-headers.ts';
import { message, notification } from '../../support/records.ts';
import { standInForAws } from '../aws-at-send.ts';
import { awsResponses, secret } from '../aws-responses.ts';
import type { Way, Work } from '../workers.ts';

/** Messages of a batch, and calls at once. */
const BATCH = 10;

/** The number of batches, which are repeated. */
const BATCHES = 50;

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;

/** Sends the bytes that deliver sends. */
const headers = requestHeaders(
  notification(),
  1,
  'https://receiver.example/',
  { secret, replaced: [], headers: {}, version: 1 },
  Date.now(),
);

/** The variants that call a URL for each message of a queue. */
export const ways = {
  /** Only calls, always ten in parallel. It has no batches and reads no messages. */
  'undici request, bare': () => {
    const dispatcher = new Agent();
    return async (goesOn, url) => {
      let done = 0;
      const loop = async () => {
        while (goesOn()) {
          const { statusCode, body } = await request(`${url}?AccountID=a${done}`, { dispatcher, headers });
          await body.text();
          if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
          done++;
        }
      };
      await Promise.all(Array.from({ length: BATCH }, loop));
      return done;
    };
  },

  /** The real handler without the AWS SDK. */
  deliver: async () => {
    let entered = '';
    standInForAws(awsResponses(() => entered));
    const work = await deliverBatches();
    return (goesOn, url) => {
      entered = url;
      return work(goesOn, url);
    };
  },

  /** The real handler with the AWS SDK. */
  'deliver, with the AWS SDK': deliverBatches,

  'fetch, side by side': () =>
    batches(async ({ Records }, url) => void (await Promise.all(Records.map((record) => callByFetch(url, record))))),

  'Powertools FIFO, fetch': () => {
    const processor = new SqsFifoPartialProcessorAsync();
    return batches(async (event, url) => {
      await processPartialResponse(event, (record: SQSRecord) => callByFetch(url, record), processor, { context });
    });
  },

  'axios, in sequence': () =>
    batches(async ({ Records }, url) => {
      for (const { body } of Records) await axios.get(url + JSON.parse(body).formattedString);
    }),
} satisfies Readonly<Record<string, Way>>;

async function deliverBatches(): Promise<Work> {
  const { handler } = await import('../../../functions/deliver/index.ts');
  return batches(async (event) => {
    const { batchItemFailures } = await handler(event, context);
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} are returned to the queue.`);
  });
}

async function callByFetch(url: string, { body }: SQSRecord): Promise<void> {
  const response = await fetch(url + JSON.parse(body).formattedString);
  await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}

/** Calls a handler with one batch after another. Each batch has messages of ten records. */
function batches(handler: (event: SQSEvent, url: string) => Promise<void>): Work {
  const events = Array.from({ length: BATCHES }, () => ({
    Records: Array.from({ length: BATCH }, (_, i) => message(notification({ record: String(i).padStart(64, '0') }))),
  }));
  return async (goesOn, url) => {
    let done = 0;
    while (goesOn()) {
      await handler(events[(done / BATCH) % BATCHES] ?? { Records: [] }, url);
      done += BATCH;
    }
    return done;
  };
}
