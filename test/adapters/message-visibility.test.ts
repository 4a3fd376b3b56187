import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { queueOn } from '../support/queue-on.ts';

/** A fake SQS that records ChangeMessageVisibility requests. */
function visibilitySqs(response: (request: number) => object | Promise<object> = () => ({})) {
  const requests: ChangeMessageVisibilityBatchRequestEntry[][] = [];
  const send = async (command: object) => {
    assert.ok(command instanceof ChangeMessageVisibilityBatchCommand);
    requests.push(command.input.Entries ?? []);
    return response(requests.length);
  };
  return { sqs: { send } as unknown as SQSClient, requests };
}

const received = (count: number) => Array.from({ length: count }, (_, i) => ({ receiptHandle: `r${i}`, seconds: i }));

const visibilities = (requests: readonly (readonly ChangeMessageVisibilityBatchRequestEntry[])[]) =>
  requests.flat().map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout]);

test('returns more than ten messages with several requests within the limits', async () => {
  for (const count of [0, 1, 10, 11, 25]) {
    const fake = visibilitySqs();
    await queueOn(fake).returnToQueue(received(count));
    assert.equal(fake.requests.length, Math.ceil(count / 10));
    for (const entries of fake.requests) {
      assert.ok(entries.length <= 10);
      assert.equal(new Set(entries.map(({ Id }) => Id)).size, entries.length);
    }
    assert.deepEqual(
      visibilities(fake.requests),
      received(count).map(({ receiptHandle, seconds }) => [receiptHandle, seconds]),
    );
  }
});

test('a message that is returned twice waits for the longer delay', async () => {
  const fake = visibilitySqs();
  const twice = [5, 30, 2].map((seconds) => ({ receiptHandle: 'r', seconds }));
  await queueOn(fake).returnToQueue([...twice, { receiptHandle: 's', seconds: 1 }]);
  assert.deepEqual(visibilities(fake.requests), [
    ['r', 30],
    ['s', 1],
  ]);
});

test('a delay that SQS would reject becomes the nearest allowed one', async () => {
  const fake = visibilitySqs();
  const seconds = [-1, 0.2, 43_200, 50_000];
  await queueOn(fake).returnToQueue(seconds.map((seconds, i) => ({ receiptHandle: `r${i}`, seconds })));
  assert.deepEqual(
    visibilities(fake.requests).map(([, timeout]) => timeout),
    [0, 1, 43_200, 43_200],
  );
});

test('a failed request to return messages does not affect others, and is thrown after all have ended', async () => {
  let ended = 0;
  const fake = visibilitySqs(async (request) => {
    if (request === 1) throw new Error('no response');
    await turn();
    await turn();
    ended++;
    return {};
  });
  await assert.rejects(queueOn(fake).returnToQueue(received(25)), /no response/);
  assert.equal(fake.requests.length, 3);
  assert.equal(ended, 2);
});

test('a message that cannot be returned is logged, not thrown: the visibility timeout of the queue returns it', async (t) => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  t.after(() => log.mock.restore());
  await queueOn(visibilitySqs(() => ({ Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid' }] }))).returnToQueue(
    received(11),
  );
  assert.equal(lines.length, 1);
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), { messages: 2 });
});
