import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { commands } from '../../cli/commands.ts';
import { type Format, jsonText, outputLines, plainText } from '../../cli/output.ts';
import { plain, type View, viewOf } from '../../cli/view.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { logEntry } from '../support/log-entries.ts';
import { logTable } from '../support/log-table.ts';
import { notification } from '../support/records.ts';

const narrow: View = { width: 80, color: false };
const LONG = '長い理由 '.repeat(30);

/** Triggers with long URLs and many problems, long attempts, and long reasons. */
async function world() {
  const log = new DeliveryLog('log', logTable().client);
  const made = adminWorld({ log, sqs: { send: async () => ({ Attributes: {} }) } });
  await set(made.deps, 'followup.delete', `https://example.com/${'path/'.repeat(40)}`);
  await pause(made.deps, 'followup.delete');
  await log.write([
    logEntry({ trigger: 'followup.delete', formattedString: `?AccountID=${'a'.repeat(300)}` }),
    logEntry({ outcome: 'throttled', response: LONG, body: LONG, attempt: 12, redelivered: true }),
  ]);
  const one = notification({ trigger: 'followup.delete' });
  const { id, trigger, record, sequence, changedAt } = one;
  await made.backlog.fail({
    id,
    trigger,
    record,
    sequence,
    changedAt,
    reason: LONG,
    attempts: 12,
    failedAt: 1_795_416_101_000,
  });
  return made;
}

async function linesOf(name: string, view: View, format: Format = 'table') {
  const printed = (await commands[name]?.run((await world()).deps, [], {})) ?? assert.fail();
  return all(outputLines(printed, format, view));
}

async function all(printed: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of printed) lines.push(line);
  return lines;
}

for (const [name, head, id] of [
  ['list', /^TRIGGER +STATUS +PENDING +URL$/, /^followup\.delete +paused +0 +https:\/\/example\.com\/.*…$/],
  ['log', /^TIME +TRIGGER +OUTCOME +RESPONSE$/, /^ {4}msg_[\da-f]{32} {2}attempt 12, sent again /],
  ['failed', /^ID +TRIGGER +FAILED AT$/, /^msg_[\da-f]{32} {2}followup\.delete {2}2026-11-23T[\d:.]+Z$/],
] as const) {
  test(`no line of ${name} is wider than a terminal of 80 columns, and its IDs are whole`, async () => {
    const lines = await linesOf(name, narrow);
    assert.match(lines[0] ?? '', head);
    assert.ok(lines.some((line) => id.test(line)));
    assert.deepEqual(
      lines.filter((line) => stringWidth(line) > 80),
      [],
    );
    assert.ok(lines.some((line) => line.endsWith('…') && stringWidth(line) >= 79));
  });

  test(`${name} cuts nothing in a pipe, and has one line per row below its head`, async () => {
    const text = (await linesOf(name, plain)).join('\n');
    assert.equal(stripVTControlCharacters(text), text);
    assert.ok(!text.includes('…'));
    assert.match(text, /^(?:TRIGGER|TIME|ID) .+ (?:DETAILS|FORMATTED STRING|REASON)\n/);
  });
}

test('a terminal of 30 columns cuts lines too', async () => {
  for (const name of ['list', 'log', 'failed'])
    assert.ok(
      (await linesOf(name, { width: 30, color: true })).every(
        (line) => stringWidth(stripVTControlCharacters(line)) <= 30,
      ),
    );
});

test('colors are used in a terminal, and not in a pipe, with NO_COLOR or with TERM=dumb', () => {
  const terminal = { isTTY: true, columns: 100 };
  assert.deepEqual(viewOf(terminal, {}), { width: 100, color: true });
  assert.deepEqual(viewOf(terminal, { COLUMNS: '80', NO_COLOR: '1' }), { width: 80, color: false });
  assert.deepEqual(viewOf(terminal, { NO_COLOR: '' }).color, true);
  assert.deepEqual(viewOf(terminal, { TERM: 'dumb' }).color, false);
  assert.deepEqual(viewOf({}, { COLUMNS: '80' }), plain);
});

test('colors do not change the widths', async () => {
  const color = { width: 80, color: true };
  const lines = await linesOf('list', color);
  assert.ok(lines.join('\n').includes('\u001b[33mpaused\u001b[39m'));
  assert.deepEqual(
    lines.map((line) => stripVTControlCharacters(line)),
    await linesOf('list', narrow),
  );
});

test('jsonl is one value per line', async () => {
  const lines = await linesOf('list', plain, 'jsonl');
  assert.equal(lines.length, 11);
  for (const line of lines) assert.ok(JSON.parse(line).trigger);
});

test('times in JSON are ISO 8601', async () => {
  const { deps, triggersTable, backlog } = await world();
  const now = Date.now();
  const since = { failingSince: now, probeAt: now, consecutiveFailures: 10 };
  triggersTable.put('task.edit', { state: 'parked', lastSuccess: 0, probeDelay: 0, url: 'https://x/', ...since });
  const waiting = {
    notification: notification({ trigger: 'task.edit' }),
    attempts: 1,
    firstAttempt: now,
    nextTry: now,
  };
  await backlog.park([{ ...waiting, response: 'HTTP 500' }], now);
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  for (const [name, fields] of [
    ['log', ['at']],
    ['failed', ['failedAt', 'changedAt']],
    ['history', ['at']],
    ['list', ['changedAt', 'nextTryAt', 'keptUntil', 'failingSince']],
  ] as const) {
    const printed = (await commands[name]?.run(deps, [], {})) ?? assert.fail();
    const values: Record<string, string>[] = JSON.parse(jsonText(printed.json));
    const times = values.flatMap((value) => fields.map((field) => value[field])).filter((time) => time !== null);
    assert.ok(times.length > 0, name);
    for (const time of times) assert.match(String(time), at, name);
  }
  assert.equal(
    jsonText({
      secret: 's',
      replaced: [{ until: 0 }],
      notification: { redelivered: 5 },
      redelivered: true,
      attempts: 3,
    }),
    '{"secret":"s","replaced":[{"until":"1970-01-01T00:00:00.000Z"}],"notification":{"redelivered":"1970-01-01T00:00:00.005Z"},"redelivered":true,"attempts":3}',
  );
});

test('each format has the same values; without values, JSON is an empty list and JSON lines are no line', async () => {
  const full = (await world()).deps;
  for (const name of ['list', 'log', 'failed', 'history']) {
    const printed = (await commands[name]?.run(full, [], {})) ?? assert.fail();
    const linesAs = (format: Format) => all(outputLines(printed, format, plain));
    const values: object[] = JSON.parse((await linesAs('json')).join('\n'));
    assert.deepEqual(
      (await linesAs('jsonl')).map((line) => JSON.parse(line)),
      values,
    );
    assert.ok((await linesAs('table')).length > values.length, name);
  }
  for (const name of ['log', 'failed', 'history']) {
    const none = (await commands[name]?.run(adminWorld().deps, [], {})) ?? assert.fail();
    const linesAs = (format: Format) => all(outputLines(none, format, plain));
    assert.deepEqual([await linesAs('json'), await linesAs('jsonl')], [['[]'], []]);
    assert.match((await linesAs('table')).join('\n'), /^[A-Z][^\n]+\.$/);
  }
});

test('no text in an entry controls the terminal', async () => {
  const hostile = '\u001b[2J\u009b31m\u202e\u0007\r\n\u2028\ud83d';
  const log = new DeliveryLog('log', logTable().client);
  await log.write([logEntry({ outcome: 'failed', response: hostile, formattedString: hostile, body: `x${hostile}y` })]);
  const text = plainText((await commands.log?.run(adminWorld({ log }).deps, [], {})) ?? assert.fail());
  assert.doesNotMatch(text, /[^\P{C}\n]/u);
  assert.equal(text.split('\n').length, 3, 'nor looks like another entry');
});

test('a character takes as many columns as in a terminal', () => {
  for (const [text, width] of [
    ['abc', 3],
    ['長い', 4],
    ['㍱㋿', 4],
    ['한글', 4],
    ['🚀', 2],
    ['e\u0301', 1],
    ['कारण', 4],
    ['\u2066x\u2069', 1],
  ] as const)
    assert.equal(stringWidth(text), width, text);
});
