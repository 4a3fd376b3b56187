import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, fails, nobodyListens, world } from '../support/deliver-world.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

test('logs all attempts of a batch with their outcomes in one write', async () => {
  await using server = await receiver((call, response) => {
    const status = Number(call.target.match(/=(\d+)/)?.[1]);
    response.writeHead(status).end(status === 503 ? `down\u0000${'ü'.repeat(600)}` : '');
  });
  const { deps, log } = world({
    'customer.edit': `${server.origin}/SECRET?k=SECRET`,
    'task.edit': server.origin,
    'case.edit': 'https://10.0.0.1/SECRET',
    'case.create': `${await nobodyListens()}/SECRET`,
  });
  const sent = [
    notification({ record: record(1), formattedString: '?AccountID=200' }),
    notification({ record: record(1), formattedString: '?AccountID=503', redelivered: Date.now() }),
    notification({ record: record(1), formattedString: '?AccountID=201' }),
    notification({ record: record(2), formattedString: '?AccountID=410', trigger: 'task.edit' }),
    notification({ record: record(3), formattedString: '?AccountID=200', trigger: 'task.edit', test: true }),
    notification({ record: record(4), trigger: 'case.edit' }),
    notification({ record: record(5), trigger: 'case.create' }),
  ];
  const began = Date.now();
  await deliver(
    sent.map((one) => message(one)),
    deps,
    A_MINUTE,
  );
  assert.equal(log.writes, 1);
  const outcomes = log.entries.map(({ id, outcome, response }) => [id, outcome, response.split('. Fix:')[0]]);
  assert.deepEqual(
    new Set(outcomes.map((one) => one.join())),
    new Set([
      [sent[0]?.id, 'delivered', 'HTTP 200'].join(),
      [sent[1]?.id, 'failed', 'HTTP 503'].join(),
      [sent[3]?.id, 'gone', 'HTTP 410'].join(),
      [sent[4]?.id, 'delivered', 'HTTP 200'].join(),
      [sent[5]?.id, 'blocked', 'leads to an address that is not public'].join(),
      [sent[6]?.id, 'failed', 'connection refused'].join(),
    ]),
  );
  const of = (n: number) => log.entries.find(({ id }) => id === sent[n]?.id);
  const { at, milliseconds, headers, ...failed } = of(1) ?? assert.fail();
  assert.ok(at >= began && at + milliseconds <= Date.now() && milliseconds >= 0);
  assert.match(headers ?? '', /^(content-length: \d+\n)?date: /);
  assert.deepEqual(failed, {
    trigger: 'customer.edit',
    id: sent[1]?.id,
    formattedString: '?AccountID=503',
    attempt: 1,
    outcome: 'failed',
    response: 'HTTP 503',
    body: `down\u0000${'ü'.repeat(509)}`,
    redelivered: true,
  });
  assert.deepEqual([of(4)?.test, of(4)?.redelivered, of(4)?.body], [true, undefined, undefined]);
  assert.doesNotMatch(JSON.stringify(log.entries), /SECRET|127\.0\.0\.1|10\.0\.0\.1/);
});

test('an error of the delivery log does not change the result of a batch', async () => {
  await using server = await receiver((call, response) =>
    response.writeHead(call.target.includes('bad') ? 500 : 200).end(),
  );
  const w = world({ 'customer.edit': server.origin });
  mock.method(w.log, 'write', fails);
  const lines = mock.method(console, 'log', () => {});
  const batch = ['good', 'bad'].map((name, i) =>
    message(notification({ record: record(i), formattedString: `?AccountID=${name}` })),
  );
  const { batchItemFailures } = await deliver(batch, w.deps, A_MINUTE);
  lines.mock.restore();
  assert.deepEqual(batchItemFailures, [{ itemIdentifier: batch[1]?.messageId }]);
  assert.deepEqual([w.returned.length, w.backlog.retryItems.size, server.calls.length], [1, 1, 2]);
  assert.match(String(lines.mock.calls.map(({ arguments: [line] }) => line)), /the delivery log lacks attempts/);
});

test('returns messages to the queue in parallel with the write to the delivery log', async () => {
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const w = world({ 'customer.edit': server.origin });
  let response: () => void = () => assert.fail('it was not written');
  mock.method(w.log, 'write', () => new Promise<void>((resolve) => (response = resolve)));
  const done = deliver([message(notification())], w.deps, A_MINUTE);
  while (w.returned.length === 0) await sleep(1);
  response();
  assert.equal((await done).batchItemFailures.length, 1);
});

for (const [logged, responses] of [
  ['failures', ['HTTP 500']],
  ['off', []],
] as const)
  test(`with the delivery log set to ${logged}, it gets ${responses.length} of a success and a failure`, async () => {
    await using server = await receiver((call, response) =>
      response.writeHead(call.target.includes('bad') ? 500 : 200).end(),
    );
    const { deps, log } = world({ 'customer.edit': server.origin }, { logged });
    const batch = (...names: string[]) =>
      names.map((name, i) => message(notification({ record: record(i), formattedString: `?AccountID=${name}` })));
    await deliver(batch('good', 'bad'), deps, A_MINUTE);
    await deliver(batch('good', 'better'), deps, A_MINUTE);
    assert.deepEqual(
      log.entries.map(({ response }) => response),
      responses,
    );
    assert.equal(log.writes, responses.length, 'nothing is written when there is nothing to log');
  });

test('log lines contain no URL, no query, and only the status of a response', async () => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  await using server = await receiver((_, response) => response.writeHead(500, { 'x-m': 'MARKER' }).end('MARKER'));
  const { deps } = world({ 'customer.edit': `${server.origin}/MARKER?MARKER` });
  await deliver([message(notification({ formattedString: '?AccountID=MARKER' })), message('MARKER')], deps, A_MINUTE);
  log.mock.restore();
  assert.ok(lines.length >= 3);
  assert.doesNotMatch(lines.join('\n'), /MARKER|127\.0\.0\.1/);
});
