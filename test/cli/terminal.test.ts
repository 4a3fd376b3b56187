import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { triggers } from '../../functions/core/entity.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { logEntry } from '../support/log-entries.ts';
import { notification } from '../support/records.ts';
import { servedStage } from '../support/served-stage.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const inTerminal = fileURLToPath(new URL('../support/in_terminal.py', import.meta.url));
const COLUMNS = 80;

const skip = spawnSync('python3', ['-c', 'import pty, termios']).status === 0 ? false : 'needs python3 for a terminal';

const LONG = 'a long reason, 長い理由, कारण की लंबाई, ㍱㋿ '.repeat(20);
const URL_ = `https://hooks.example.com/${'path/'.repeat(30)}`;
const WHO = `arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Operators_0123456789abcdef/ada.lovelace@example.com`;

/** A stage whose URLs, IDs, reasons and names are long. */
async function longStage() {
  const made = adminWorld({ who: WHO });
  for (const trigger of triggers) {
    await set(made.deps, trigger, `${URL_}old`);
    await set(made.deps, trigger, `${URL_}new`);
    await pause(made.deps, trigger);
    const at = Date.now() - 60_000;
    const formattedString = `?AccountID=${'a'.repeat(300)}`;
    await made.log.write([
      logEntry({ at, trigger, formattedString }),
      logEntry({ at, trigger, formattedString, outcome: 'throttled', response: LONG, body: LONG, attempt: 9_999 }),
    ]);
    const { id, record, sequence, changedAt } = notification({ trigger });
    const failed = { id, trigger, record, sequence, changedAt, reason: LONG, attempts: 12, failedAt: at };
    await made.backlog.fail(failed);
  }
  return made.db;
}

for (const name of ['list', 'log', 'failed', 'history'])
  test(`\`${name}\` wraps no line in a terminal of ${COLUMNS} columns`, { skip }, async () => {
    await using stage = await servedStage(await longStage());
    const { COLUMNS: _, NO_COLOR: __, ...inherited } = process.env;
    const env = { ...inherited, AWS_ENDPOINT_URL: stage.origin, TERM: 'xterm-256color', PYTHONUTF8: '1' };
    const args = [inTerminal, `${COLUMNS}`, process.execPath, main, name];
    const { stdout } = await promisify(execFile)('python3', args, { env, timeout: 60_000 });
    assert.ok(stdout.includes('\u001b[1m'), 'it is a terminal');
    const lines = stripVTControlCharacters(stdout).trimEnd().split('\r\n');
    assert.ok(lines.length > triggers.length, stdout);
    assert.deepEqual(await tooWide(lines), []);
    for (const trigger of triggers) assert.ok(stdout.includes(trigger), trigger);
  });

/** The lines that are too wide, by the widths that Unicode gives. */
async function tooWide(lines: readonly string[]): Promise<string[]> {
  const program = `
import json, sys, unicodedata
def width(c):
    if unicodedata.category(c) in ("Mn", "Me", "Cf"): return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
lines = json.load(sys.stdin)
print(json.dumps([line for line in lines if sum(map(width, line)) > ${COLUMNS}]))`;
  const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(lines), encoding: 'utf8' });
  return JSON.parse(stdout);
}
