import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeliveryLog, type LogEntry, type LogFilter } from '../../functions/adapters/delivery-log.ts';
import { logEntry } from '../support/log-entries.ts';
import { itemBytes, logTable } from '../support/log-table.ts';
import { lateness } from '../support/stretch.ts';

/** What most receivers send. */
const HEADERS =
  'content-type: application/json; charset=utf-8\ncontent-length: 17\ndate: Fri, 27 Nov 2026 14:00:00 GMT\nserver: nginx/1.27.3';

const NOW = 1_795_416_200_000;
mock.timers.enable({ apis: ['Date'], now: NOW });

async function all(log: DeliveryLog, filter: LogFilter, limit: number) {
  const pages: LogEntry[][] = [];
  let next: string | undefined;
  do {
    const page = await log.read(filter, limit, next);
    pages.push(page.entries);
    next = page.next;
  } while (next);
  return pages;
}

test('ten typical attempts need one request and one item of at most 2 KB, which is 0.2 write units each', async (t) => {
  const { client, items } = logTable();
  await new DeliveryLog('log', client).write(
    Array.from({ length: 10 }, () => logEntry({ body: '{"received":true}', headers: HEADERS })),
  );
  assert.equal(items.length, 1);
  const bytes = itemBytes(items[0] ?? {});
  t.diagnostic(`ten attempts with two UUIDs each: ${bytes} bytes`);
  assert.ok(bytes <= 2048, `${bytes} bytes`);
});

test('distributes items over shards and stores them for 30 days', async () => {
  const { client, items } = logTable();
  const log = new DeliveryLog('log', client);
  for (let i = 0; i < 200; i++) await log.write([logEntry()]);
  const shards = Map.groupBy(items, ({ shard }) => shard?.S);
  assert.equal(shards.size, 8);
  for (const { length } of shards.values()) assert.ok(length < 60, `${length} of 200`);
  assert.equal(new Set(items.map(({ written }) => written?.S)).size, 200);
  for (const { expiresAt } of items) assert.equal(Number(expiresAt?.N), NOW / 1000 + 30 * 24 * 3600);
});

test('pages are newest first, contain each attempt once, and end', async () => {
  const { client } = logTable();
  const log = new DeliveryLog('log', client);
  const entries = Array.from({ length: 600 }, (_, i) => logEntry({ at: NOW - (i % 97) * 1000 - i }));
  for (let i = 0; i < entries.length; i += 3) {
    mock.timers.setTime(NOW + i);
    await log.write(entries.slice(i, i + 3));
  }
  const pages = await all(log, {}, 70);
  assert.deepEqual(
    pages.flat(),
    [...entries].sort((a, b) => b.at - a.at),
  );
  assert.equal(pages.length, 9);
});

test('a filter with few matches returns short pages with a limited number of requests', async () => {
  const { client, queries } = logTable();
  const log = new DeliveryLog('log', client);
  const gone = logEntry({ outcome: 'gone', at: NOW - 1_000_000 });
  mock.timers.setTime(NOW - 1_000_000);
  await log.write([gone]);
  for (let i = 0; i < 3_000; i++) {
    mock.timers.setTime(NOW - 900_000 + i);
    await log.write([logEntry({ at: NOW - 900_000 + i })]);
  }
  const first = await log.read({ outcomes: ['gone'] }, 10, undefined, NOW - 900_000);
  assert.deepEqual(first.entries, []);
  assert.equal(queries(), 8, 'the time is over after the first round');
  assert.deepEqual((await all(log, { outcomes: ['gone'] }, 10)).flat(), [gone]);
  assert.ok(queries() <= 8 + 5 * 8, 'each round reads twice as many items');
  const before = queries();
  assert.deepEqual(await log.read({ since: NOW }, 10), { entries: [] });
  assert.equal(queries() - before, 8, 'what is older than asked for is not read');
});

test('an invalid place is an error without a request', async () => {
  const { client, queries } = logTable();
  const log = new DeliveryLog('log', client);
  for (const next of [
    '',
    'x',
    '!',
    Buffer.from('a,b').toString('base64url'),
    Buffer.from(`${'"'.repeat(9)},,,,,,,,`).toString('base64url'),
  ])
    await assert.rejects(log.read({}, 1, next), { name: 'RangeError' });
  assert.equal(queries(), 0);
  // A similar ID of no notification finds nothing.
  const nowhere = Buffer.from(`~,${'0,'.repeat(7)}0`).toString('base64url');
  assert.deepEqual(await log.read({ since: 5 }, 1, nowhere), { entries: [] });
});

test('following returns each new attempt once, also attempts that are written a little late', async () => {
  const { client, items } = logTable();
  const log = new DeliveryLog('log', client);
  mock.timers.setTime(NOW);
  await log.write([logEntry()]);
  const news = log.follow({ trigger: 'task.edit' });
  assert.deepEqual(await news(), []);
  const entries = [1, 2, 3].map((n) => logEntry({ trigger: 'task.edit', at: NOW + n }));
  mock.timers.setTime(NOW + 10_000);
  await log.write([entries[1] as LogEntry, logEntry(), entries[0] as LogEntry]);
  assert.deepEqual(await news(), entries.slice(0, 2));
  // With a clock that is behind.
  mock.timers.setTime(NOW + 6_000);
  await log.write([entries[2] as LogEntry]);
  assert.deepEqual(await news(), [entries[2]]);
  assert.deepEqual(await news(), []);
  assert.equal(items.length, 3);
});

test('a write to a log that does not respond fails after three seconds', async (t) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  t.after(() => client.destroy());
  const late = lateness(3_000);
  await assert.rejects(new DeliveryLog('log', client).write([logEntry()]));
  const ms = await late();
  assert.ok(ms > -500 && ms < 1_000, `${ms} ms after 3 s`);
});

/** A table whose first request fails at once; the others respond later. */
function failsFirst() {
  const count = { sent: 0, ended: 0 };
  const send = async () => {
    if (count.sent++ === 0) throw new Error('no response');
    for (let i = 0; i < 3; i++) await new Promise(setImmediate);
    count.ended++;
    return { Items: [] };
  };
  return { client: { send } as unknown as DynamoDBClient, count };
}

const large = () => logEntry({ body: 'x'.repeat(200_000) });

for (const [title, use] of [
  ['write', (log: DeliveryLog) => log.write([large(), large(), large()])],
  ['read', (log: DeliveryLog) => log.read({}, 10)],
  ['follow', (log: DeliveryLog) => log.follow({})()],
] as const)
  test(`${title} throws a failure only when no request is in flight any more`, async () => {
    const { client, count } = failsFirst();
    await assert.rejects(use(new DeliveryLog('log', client)), /no response/);
    assert.ok(count.sent > 1);
    assert.equal(count.ended, count.sent - 1);
  });

test('a search can begin at any time: it finds what started then or earlier, also if it was written up to 15 minutes later', async () => {
  const { client } = logTable();
  const log = new DeliveryLog('log', client);
  const until = NOW - 60_000;
  const writes: [startedAt: number, writtenAt: number][] = [
    [until - 5, until],
    [until, until + 15 * 60_000],
    [until + 1, until + 2],
    [until + 60_000, until + 61_000],
  ];
  for (const [at, writtenAt] of writes) {
    mock.timers.setTime(writtenAt);
    await log.write([logEntry({ at })]);
  }
  const { entries } = await log.read({}, 10, log.placeAt(until));
  assert.deepEqual(
    entries.map(({ at }) => at),
    [until, until - 5],
  );
});

test('counts the attempts that match, until there are enough or the time is over', async () => {
  const { client, queries } = logTable();
  const log = new DeliveryLog('log', client);
  for (let i = 0; i < 1_500; i++) {
    mock.timers.setTime(NOW + i);
    await log.write([logEntry({ at: NOW + i, id: `msg_${i}` }), logEntry({ at: NOW + i, outcome: 'failed' })]);
  }
  const late = NOW + 60_000;
  assert.deepEqual(await log.count({}, undefined, 5_000, late), { count: 3_000, isMinimum: false });
  assert.deepEqual(await log.count({ outcomes: ['failed'] }, undefined, 5_000, late), {
    count: 1_500,
    isMinimum: false,
  });
  assert.deepEqual(await log.count({ id: 'msg_7' }, undefined, 5_000, late), { count: 1, isMinimum: false });
  assert.deepEqual(await log.count({ since: NOW + 100 }, log.placeAt(NOW + 199), 5_000, late), {
    count: 200,
    isMinimum: false,
  });
  const before = queries();
  const { count, isMinimum } = await log.count({}, undefined, 5_000, NOW);
  assert.deepEqual([count >= 1_000, isMinimum, queries() - before], [true, true, 8]);
  assert.equal((await log.count({}, undefined, 100, late)).isMinimum, true);
});
