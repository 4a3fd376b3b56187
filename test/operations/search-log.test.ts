import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { plainText } from '../../cli/output.ts';
import { DeliveryLog, type LogEntry } from '../../functions/adapters/delivery-log.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { follow } from '../../functions/operations/search-log.ts';
import { logEntry } from '../support/log-entries.ts';
import { logTable } from '../support/log-table.ts';

function world() {
  const log = new DeliveryLog('log', logTable().client);
  return { log, deps: { log } as unknown as OperationDeps };
}

const run = async (deps: OperationDeps, options: object) =>
  (await commands.log?.run(deps, [], options)) ?? assert.fail('there is no such command');

test('the latest attempts are printed newest last, with their responses, and the response to a failure', async () => {
  const { log, deps } = world();
  const at = Date.parse('2026-11-23T09:00:00Z');
  const id = `msg_${'0'.repeat(32)}`;
  const entry = {
    trigger: 'customer.edit',
    id,
    formattedString: '?AccountID=a1',
    milliseconds: 7,
    body: 'so\n  so',
  } as const;
  await log.write([
    logEntry({ ...entry, at: at + 2 }),
    logEntry({ ...entry, at, outcome: 'failed', response: 'HTTP 503', attempt: 2, redelivered: true }),
    logEntry({ ...entry, at: at + 1, outcome: 'gone', response: 'HTTP 410', test: true, body: '' }),
  ]);
  const printed = await run(deps, {});
  const [, ...lines] = plainText(printed).split('\n');
  assert.deepEqual(lines, [
    `2026-11-23T09:00:00.000Z  customer.edit    failed     HTTP 503, 7 ms    ${id}  attempt 2, sent again  ?AccountID=a1`,
    '    so so',
    `2026-11-23T09:00:00.001Z  customer.edit    gone       HTTP 410, 7 ms    ${id}  attempt 1, test        ?AccountID=a1`,
    `2026-11-23T09:00:00.002Z  customer.edit    delivered  HTTP 200, 7 ms    ${id}  attempt 1              ?AccountID=a1`,
  ]);
  assert.deepEqual(
    (printed.json as LogEntry[]).map((one) => one.at - at),
    [0, 1, 2],
  );
});

test('the log is filtered by trigger, outcome, notification, record ID, time and number', async () => {
  const { log, deps } = world();
  const entries = [1, 2, 3, 4].map((n) =>
    logEntry({
      at: Date.parse(`2026-11-2${n}`),
      formattedString: `?AccountID=a${n}`,
      trigger: n === 1 ? 'task.edit' : 'case.edit',
    }),
  ) as [LogEntry, LogEntry, LogEntry, LogEntry];
  await log.write([
    entries[0],
    entries[1],
    { ...entries[2], outcome: 'throttled' },
    { ...entries[3], outcome: 'failed' },
  ]);
  const found = async (options: object) =>
    ((await run(deps, options)).json as LogEntry[]).map(({ formattedString }) => formattedString.at(-1));
  assert.deepEqual(await found({ trigger: 'task.edit' }), ['1']);
  assert.deepEqual(await found({ outcome: 'failed' }), ['4']);
  assert.deepEqual(await found({ outcome: 'retry' }), ['3', '4'], 'the alias of release 0.2.0');
  assert.deepEqual(await found({ id: entries[1].id }), ['2']);
  assert.deepEqual(await found({ id: 'a3' }), ['3']);
  assert.deepEqual(await found({ since: '2026-11-23' }), ['3', '4']);
  assert.deepEqual(await found({ limit: '2' }), ['3', '4']);
  assert.equal((await run(deps, { id: 'a5' })).text, 'The log has no such attempts.');
});

test('an invalid outcome is rejected in one line', async () => {
  const { deps } = world();
  await assert.rejects(run(deps, { outcome: 'fine\u001b' }), {
    name: 'UserError',
    message: 'There is no outcome "fine\ufffd": the outcomes are delivered, failed, throttled, gone, blocked, merged.',
  });
});

test('--follow prints the latest attempts, and then each new one once', async () => {
  const { log, deps } = world();
  const at = Date.now();
  const entries = [0, 1, 2, 3, 4].map((n) => logEntry({ at: at - 5 + n }));
  await log.write(entries.slice(0, 2));
  const written = [entries.slice(2, 3), [], entries.slice(3)];
  const shown: LogEntry[] = [];
  const pause = async () => log.write(written.shift() ?? []);
  for await (const entry of follow(deps, {}, 1, pause)) {
    shown.push(entry);
    if (shown.length === 4) break;
  }
  assert.deepEqual(shown, entries.slice(1));
});
