import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { functionStart } from '../../functions/adapters/function-start.ts';
import { onLoopback } from '../support/loopback.ts';

const PATH = '/2015-03-31/functions/drain-1/invocations';
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };

/** A Lambda that responds with a status; nothing for no response. */
async function lambda(status: number | undefined) {
  const requests: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    requests.push({ method, url, headers });
    if (status !== undefined) response.writeHead(status).end('{}');
  });
  const served = await onLoopback(server);
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials, maxAttempts: 1 });
  return {
    requests,
    start: functionStart(`${served.origin}${PATH}`, client),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await served[Symbol.asyncDispose]();
    },
  };
}

test('starts a function without waiting for its end, with a signed request', async () => {
  await using to = await lambda(202);
  await to.start();
  await to.start();
  assert.equal(to.requests.length, 2);
  const [{ method, url, headers } = assert.fail()] = to.requests;
  assert.deepEqual([method, url, headers['x-amz-invocation-type']], ['POST', PATH, 'Event']);
  assert.equal(headers['x-amz-security-token'], 'token');
  assert.match(
    headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/lambda\/aws4_request, SignedHeaders=[a-z0-9;-]*host;/,
  );
});

test('throws if Lambda rejects the request or does not respond in time', async () => {
  await using rejecting = await lambda(429);
  await assert.rejects(rejecting.start(), /^Error: Lambda responded with HTTP 429\.$/);
  await using silent = await lambda(undefined);
  await assert.rejects(silent.start(), { name: 'AbortError' });
});

test('the endpoint of the environment replaces the origin of the URL', async () => {
  await using emulator = await lambda(202);
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:1/`;
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials });
  const start = functionStart(`https://lambda.eu-west-1.amazonaws.com${PATH}`, client);
  delete process.env.AWS_ENDPOINT_URL;
  await assert.rejects(start(), { code: 'ECONNREFUSED', port: 1 });
  assert.equal(emulator.requests.length, 0);
});
