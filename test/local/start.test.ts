import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/emulator.ts';

const file = new URL('../../infra/local/start.ts', import.meta.url).pathname;

/** `npm start` as a child process, and what it printed so far. */
function startLocally(words: readonly string[] = [], env: Record<string, string> = {}) {
  const { AWS_ENDPOINT_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [file, ...words], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, printed, errors }));
  return { child, ended, printed: () => printed };
}

/** The processes that descend from one, by id. Linux only. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])] as const];
      } catch {
        return [];
      }
    });
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

async function assertNoneLeft(pids: readonly number[]) {
  assert.ok(pids.length > 0);
  await until('no process is left', () => !pids.some(alive), 15_000);
}

/** The line for people, without a stack trace. */
function assertOneLine(errors: string, line: RegExp) {
  assert.match(errors.trim(), line);
  assert.doesNotMatch(errors.trim(), /\n/);
}

const LIVE = /Ctrl-C ends it/;
const linux = { skip: process.platform !== 'linux' && 'reads /proc' };

test('stopping it leaves no process behind', linux, async () => {
  const { child, ended, printed } = startLocally();
  await until('it is live', () => LIVE.test(printed()), 120_000);
  assert.match(printed(), /11 of 11 arrived as expected/);
  const started = descendants(child.pid as number);
  child.kill('SIGINT');
  assert.deepEqual([(await ended).code, (await ended).errors], [130, '']);
  await assertNoneLeft(started);
});

test('killing the emulator ends it with one line and leaves no process behind', linux, async () => {
  const { child, ended, printed } = startLocally();
  await until('it is live', () => LIVE.test(printed()), 120_000);
  const started = descendants(child.pid as number);
  process.kill(started[0] as number, 'SIGKILL');
  const { code, errors } = await ended;
  assert.equal(code, 1);
  assertOneLine(errors, /^MiniStack stopped \(SIGKILL\): start again\.$/);
  await assertNoneLeft(started);
});

test('killing the emulator in the middle of the deployment ends it with one line too', linux, async () => {
  const { child, ended, printed } = startLocally();
  await until('the emulator is up', () => /✓ AWS emulator/.test(printed()), 120_000);
  await sleep(1_500);
  const started = descendants(child.pid as number);
  process.kill(started[0] as number, 'SIGKILL');
  const { code, errors } = await ended;
  assert.equal(code, 1);
  assertOneLine(errors, /^MiniStack stopped \(SIGKILL\): start again\.$/);
  await assertNoneLeft(started);
});

test('killing it, and with it its receiver, takes the emulator and its functions along', linux, async () => {
  const { child, ended, printed } = startLocally();
  await until('it is live', () => LIVE.test(printed()), 120_000);
  const started = descendants(child.pid as number);
  child.kill('SIGKILL');
  await ended;
  await assertNoneLeft(started);
});

const wrong: [string, string[], Record<string, string>, number, RegExp][] = [
  ['an unknown option', ['--twice'], {}, 2, /^Unknown option '--twice'\. See npm start -- --help\.$/],
  [
    'an endpoint where nothing answers',
    [],
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    1,
    /^Nothing answers at http:\/\/127\.0\.0\.1:9: start your emulator there, or unset AWS_ENDPOINT_URL\.$/,
  ],
  [
    'an endpoint that is no URL',
    [],
    { AWS_ENDPOINT_URL: 'localhost:4566' },
    1,
    /^AWS_ENDPOINT_URL is no URL: write it like http:\/\/127\.0\.0\.1:4566\.$/,
  ],
  [
    'LocalStack without Docker',
    ['--localstack'],
    { PATH: '/nowhere' },
    1,
    /^no Docker is installed: install and start Docker, and try again\.$/i,
  ],
];

for (const [title, words, env, status, line] of wrong)
  test(`${title} is one line`, async () => {
    const { code, errors } = await startLocally(words, env).ended;
    assertOneLine(errors, line);
    assert.equal(code, status);
  });
