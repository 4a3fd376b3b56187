import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MAX_RESPONSE_BYTES, responseText } from '../../functions/adapters/response-text.ts';
import { call } from '../support/real-call.ts';
import { receiver } from '../support/receiver.ts';

const text = '{"error":"Größe ungültig 東京"}';
const bytes = Buffer.from(text);

const encoded: readonly (readonly [encoding: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(bytes)],
  ['GZip', gzipSync(bytes)],
  ['x-gzip', gzipSync(bytes)],
  ['deflate', deflateSync(bytes)],
  ['deflate', deflateRawSync(bytes)],
  ['br', brotliCompressSync(bytes)],
  ['identity', bytes],
  ['deflate, gzip', gzipSync(deflateSync(bytes))],
];

for (const [encoding, body] of encoded)
  test(`a call returns the text of an error whose content-encoding is ${encoding} (${body.length} bytes)`, async () => {
    await using server = await receiver((_, response) => {
      response.writeHead(422, { 'content-encoding': encoding }).end(body);
    });
    assert.partialDeepStrictEqual(await call(server.origin, {}), { status: 422, body: text });
  });

const charsets: readonly (readonly [type: string, bytes: Buffer])[] = [
  ['text/plain; charset=iso-8859-1', Buffer.from('Größe', 'latin1')],
  ['text/plain;Charset="ISO-8859-1"', Buffer.from('Größe', 'latin1')],
  ['text/html; x=y; charset=windows-1252', Buffer.from('Größe', 'latin1')],
  ['text/plain; charset=utf-16le', Buffer.from('Größe', 'utf16le')],
  ['text/plain; charset=utf-8', Buffer.from('\ufeffGröße')],
  ['text/plain; charset=no-such-charset', Buffer.from('Größe')],
  ['text/plain; charset=', Buffer.from('Größe')],
  ['text/plain', Buffer.from('Größe')],
];

for (const [type, body] of charsets)
  test(`decodes a body of the type ${type}`, async () => {
    assert.equal(await responseText(body, { 'content-type': type }), 'Größe');
  });

test('decodes Shift JIS in gzip', async () => {
  const body = gzipSync(Buffer.from([0x93, 0x8c, 0x8b, 0x9e]));
  const headers = { 'content-type': 'text/plain; charset=shift_jis', 'content-encoding': 'gzip' };
  assert.equal(await responseText(body, headers), '東京');
});

test('decodes at most the maximum of a body that expands a thousand times, in each of two encodings', async () => {
  const million = Buffer.alloc(10_000_000, 'x');
  for (const [encoding, body] of [
    ['gzip', gzipSync(million)],
    ['br', brotliCompressSync(million)],
    ['gzip, gzip', gzipSync(gzipSync(million))],
  ] as const) {
    const before = process.memoryUsage().arrayBuffers;
    const found = await responseText(body, { 'content-encoding': encoding });
    assert.equal(found, 'x'.repeat(MAX_RESPONSE_BYTES));
    assert.ok(process.memoryUsage().arrayBuffers - before < 2_000_000, encoding);
  }
});

test('shows the beginning of a compressed body that breaks off', async () => {
  const long = Array.from({ length: 2_000 }, (_, i) => `line ${i}`).join('\n');
  for (const [encoding, body] of [
    ['gzip', gzipSync(long)],
    ['deflate', deflateSync(long)],
    ['br', brotliCompressSync(long)],
  ] as const) {
    const found = await responseText(body.subarray(0, body.length / 2), { 'content-encoding': encoding });
    assert.ok(found.length > 1_000 && long.startsWith(found.slice(0, 1_000)), encoding);
  }
});

test('shows a body as it is if its content-encoding is unknown, wrong or too long a list', async () => {
  for (const encoding of ['zstd', 'gzip', 'br', 'deflate', 'gzip, gzip, gzip, gzip', 'aws-chunked', ',', '__proto__'])
    assert.equal(await responseText(bytes, { 'content-encoding': encoding }), text, encoding);
});

test('returns text for any bytes and headers, and never throws', async () => {
  const names = fc.constantFrom('gzip', 'deflate', 'br', 'x-gzip', 'identity', 'gzip, br', 'constructor', '');
  const valid = fc.constantFrom(gzipSync(bytes), deflateSync(bytes), brotliCompressSync(bytes));
  const changed = fc.tuple(valid, fc.nat(), fc.nat(255)).map(([body, at, byte]) => {
    const copy = Buffer.from(body);
    copy[at % copy.length] = byte;
    return copy;
  });
  const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }).map(Buffer.from), changed);
  await fc.assert(
    fc.asyncProperty(anyBytes, names, fc.string(), async (body, encoding, charset) => {
      const headers = { 'content-encoding': encoding, 'content-type': `text/plain; charset=${charset}` };
      assert.equal(typeof (await responseText(body, headers)), 'string');
    }),
    { numRuns: 300 },
  );
});

test('a compressed error of a receiver that closes the connection half way is still an error with its status', async () => {
  const body = gzipSync(text);
  const server = createServer((_, response) => {
    response.writeHead(500, { 'content-encoding': 'gzip', 'content-length': body.length });
    response.write(body.subarray(0, 12), () => response.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const result = await call(`http://127.0.0.1:${port}/`, {});
  server.close();
  assert.ok('status' in result && result.status === 500, JSON.stringify(result));
});
