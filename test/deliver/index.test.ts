import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import type { Context } from 'aws-lambda';
import { awsListener } from '../bench/aws-listener.ts';
import { functionVariables } from '../bench/aws-responses.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('a first batch needs one connection to DynamoDB: each would be a TLS handshake of a cold start', async (t) => {
  await using called = await receiver();
  const targets: unknown[] = [];
  let connections = 0;
  const respond = awsListener(() => called.origin);
  const aws = createServer((request, response) => {
    targets.push(request.headers['x-amz-target']);
    return respond(request, response);
  });
  aws.on('connection', () => connections++).listen(0, '127.0.0.1');
  await once(aws, 'listening');
  t.after(() => aws.close().closeAllConnections());
  Object.assign(process.env, functionVariables, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
  });
  const { handler } = await import('../../functions/deliver/index.ts');
  const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
  assert.deepEqual(await handler({ Records: [message(notification())] }, context), { batchItemFailures: [] });
  assert.equal(called.calls.length, 1);
  assert.deepEqual(
    targets,
    ['BatchGetItem', 'BatchGetItem', 'PutItem'].map((name) => `DynamoDB_20120810.${name}`),
  );
  assert.equal(connections, 1);
});
