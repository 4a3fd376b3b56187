import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../cli/command-line.ts';

const file = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** An environment without AWS settings. */
function environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { AWS_ENDPOINT_URL: _, AWS_PROFILE: __, AWS_REGION: ___, ...inherited } = process.env;
  const nowhere = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  return { ...inherited, ...nowhere, ...env };
}

/** Runs the program. */
function cli(words: readonly string[], env?: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], {
    encoding: 'utf8',
    env: environment(env),
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** Does the same in this process, because a start of Node takes longer than all of these commands. */
async function cliInProcess(t: TestContext, words: readonly string[], env?: Record<string, string>) {
  const inherited = process.env;
  const [log, error] = (['log', 'error'] as const).map((name) => t.mock.method(console, name, () => {}).mock);
  const printed = (stream: typeof log) => (stream?.calls ?? []).map(({ arguments: [line] }) => `${line}\n`).join('');
  try {
    process.env = environment(env);
    const status = await runCommandLine(words);
    return { status, stdout: printed(log), stderr: printed(error) };
  } finally {
    process.env = inherited;
    log?.restore();
    error?.restore();
  }
}

test('help lists the commands and triggers, and exits with status 0', () => {
  const { status, stdout } = cli(['--help']);
  assert.equal(status, 0);
  for (const word of [
    'list',
    'set TRIGGER URL',
    'clear TRIGGER',
    'test TRIGGER',
    'log',
    'history',
    'export',
    'import FILE',
    'followup.delete',
  ])
    assert.ok(stdout.includes(word), word);
});

test('the help of a command lists its options and examples, and --version prints the version', () => {
  const { status, stdout } = cli(['log', '--help']);
  assert.equal(status, 0);
  assert.match(stdout, /--outcome <OUTCOME>.*Examples:\n {2}crm-triggers log --trigger/s);
  assert.deepEqual(cli(['help', 'log']).stdout, stdout);
  assert.match(cli(['backfill', '--help']).stdout, /--since <VALUE>/);
  assert.match(cli(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
});

const misuses: [string, string[], RegExp][] = [
  ['no command', [], /^No command is given\. See crm-triggers --help\.\n$/],
  ['an unknown command', ['frobnicate'], /^There is no command "frobnicate"\./],
  ['a command named like a method of objects', ['constructor'], /^There is no command "constructor"\./],
  [
    'an unknown trigger',
    ['set', 'followup.edit', 'https://x'],
    /^There is no trigger "followup\.edit"\. The triggers are customer\.create, /,
  ],
  ['a misspelt command', ['histroy'], /^There is no command "histroy"\. Did you mean history\?/],
  [
    'a misspelt trigger',
    ['clear', 'custmer.edit'],
    /^There is no trigger "custmer\.edit"\. Did you mean customer\.edit\?/,
  ],
  [
    'an action of another system',
    ['clear', 'case.update'],
    /^There is no trigger "case\.update"\. Did you mean case\.edit\?/,
  ],
  [
    'an action of another system in a trigger to edit',
    ['clear', 'customer.update'],
    /^There is no trigger "customer\.update"\. Did you mean customer\.edit\?/,
  ],
  [
    'an action of another system in a trigger to delete',
    ['set', 'task.remove', 'https://x'],
    /^There is no trigger "task\.remove"\. Did you mean task\.delete\?/,
  ],
  ['a synonym of an action', ['clear', 'case.add'], /^There is no trigger "case\.add"\. Did you mean case\.create\?/],
  [
    'a trigger with another separator',
    ['clear', 'customer:update'],
    /^There is no trigger "customer:update"\. Did you mean customer\.edit\?/,
  ],
  ['a synonym of a command', ['delete', 'task.edit'], /^There is no command "delete"\. Did you mean clear\?/],
  ['an unknown outcome', ['log', '--outcome', 'fine'], /^There is no outcome "fine"\. The outcomes are delivered, /],
  ['an unknown format', ['list', '--output', 'yaml'], /^There is no output format "yaml"\. .+ table, json, jsonl\./],
  ['a time in words', ['failed', '--since', 'soon'], /^"soon" is no time\. Write it like /],
  ['a limit that is not a number', ['log', '--limit', 'many'], /^--limit is a whole number from 1 to 10000\./],
  ['a pace of 0', ['backfill', 'case.edit', '--pace', '0'], /^--pace is a number .+ from 1 to 1000\./],
  ['a limit of 0', ['limit', 'task.edit', '0'], /^RATE is a number of calls per second from 0\.001 to 1000, or off\./],
  [
    'a negative limit',
    ['limit', 'task.edit', '-1'],
    /^RATE is a number of calls per second from 0\.001 to 1000, or off\./,
  ],
  ['a limit without a rate', ['limit', 'task.edit'], /^Write crm-triggers limit TRIGGER RATE\./],
  [
    'merging of creates',
    ['coalesce', 'case.create', 'on'],
    /^case\.create cannot merge calls: .* To fix this, choose /,
  ],
  ['a switch in other words', ['coalesce', 'case.edit', 'yes'], /^Write crm-triggers coalesce TRIGGER on\|off\./],
  ['a synonym of limit', ['rate-limit', 'task.edit', '5'], /^There is no command "rate-limit"\. Did you mean limit\?/],
  ['a region in words', ['list', '--region', 'europe'], /^There is no region "europe"\. .+ eu-west-1\./],
  ['a redelivery of nothing', ['redeliver'], /^No notification is chosen\. /],
  ['the help of an unknown command', ['help', 'frobnicate'], /^There is no command "frobnicate"\./],
  ['an option without its value', ['log', '--since'], /^Option '--since <TIME>' argument missing\./],
  ['an option in place of a value', ['log', '--id', '--json'], /^--id has no value\. .* write --id=VALUE\./],
  ['a flag with a value', ['dead-letters', '--send-back=1'], /^--send-back takes no value\./],
  ['options without a command', ['--stage', 'prod'], /^No command is given\./],
  ['a wrong verb', ['secret', 'steal', 'task.edit'], /^Write crm-triggers secret show\|rotate\|expire TRIGGER\./],
  ['too few words', ['set', 'task.edit'], /^Write crm-triggers set TRIGGER URL\./],
  ['too many words', ['list', 'all'], /^Write crm-triggers list\./],
  ['an option of another command', ['list', '--follow'], /^list has no option --follow\./],
  ['an invalid stage', ['list', '--stage', '../x'], /^--stage is the name of a stage in cdk\.json\./],
  ['an unknown option', ['list', '--yaml'], /^Unknown option '--yaml'/],
];

for (const [title, words, line] of misuses)
  test(`rejects ${title} in one line with exit status 2`, async (t) => {
    const { status, stdout, stderr } = await cliInProcess(t, words);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, line);
    assert.match(stderr, /^[^\n]+\n$/);
  });

test('the program prints and exits like the command in this process', async (t) => {
  const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  for (const [words, status] of [
    [['histroy'], 2],
    [['list', '--output=jsonl', '--yaml'], 2],
    [['list'], 1],
    [['completion', 'bash'], 0],
  ] as const) {
    const started = cli(words, nowhere);
    assert.deepEqual(started, await cliInProcess(t, words, nowhere));
    assert.equal(started.status, status);
  }
});

test('reports an error as JSON on stderr if the output is JSON', async (t) => {
  for (const [words, status, error] of [
    [
      ['histroy', '--json'],
      2,
      {
        code: 'usage',
        message: 'There is no command "histroy".',
        fix: 'Did you mean history? See crm-triggers --help.',
      },
    ],
    [
      ['list', '--output=jsonl', '--yaml'],
      2,
      { code: 'usage', message: "Unknown option '--yaml'.", fix: 'See crm-triggers --help.' },
    ],
    [
      ['list', '--output', 'json'],
      1,
      {
        code: 'unreachable',
        message: 'No AWS region is set.',
        fix: 'Set AWS_REGION or --region, or AWS_ENDPOINT_URL for an emulator.',
      },
    ],
  ] as const) {
    // This process keeps the account of a command that calls AWS.
    const done = status === 2 ? await cliInProcess(t, words) : cli(words);
    assert.deepEqual([done.status, done.stdout], [status, '']);
    assert.deepEqual(JSON.parse(done.stderr), { error });
    assert.match(done.stderr, /^[^\n]+\n$/);
  }
});

test('--profile and --region select the account and the region like their variables', () => {
  assert.match(
    cli(['list', '--region', 'eu-west-1']).stderr,
    /^There are no AWS credentials\. Fix: set AWS_PROFILE or /,
  );
  const { status, stderr } = cli(['list', '--region', 'eu-west-1', '--profile', 'none']);
  assert.match(stderr, /^There are no AWS credentials in the profile none\. Fix: /);
  assert.equal(status, 1);
});

for (const words of [
  ['--json', 'list'],
  ['--output', 'jsonl', 'list'],
  ['log', '--since', '1h', '--outcome', 'retry', '--limit', '1'],
  ['--stage', 'prod', 'list'],
  ['--yes', 'backfill', 'customer.create'],
  ['log', '--id=-x'],
  ['limit', 'task.edit', '0.5'],
  ['coalesce', 'task.create', 'off'],
])
  test(`accepts ${words.join(' ')}`, async (t) => {
    const { status, stderr } = await cliInProcess(t, words, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    assert.match(stderr, /^(?:\{"error":.*)?Nothing responds at/);
    assert.equal(status, 1);
  });

test('reports a missing region, missing credentials or a missing emulator in one line with exit status 1', () => {
  for (const [env, line] of [
    [{}, /^No AWS region is set\. Fix: set AWS_REGION/],
    [{ AWS_REGION: 'eu-west-1' }, /^There are no AWS credentials\. Fix: set AWS_PROFILE/],
    [
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      /^Nothing responds at http:\/\/127\.0\.0\.1:9\. Fix: check AWS_ENDPOINT_URL/,
    ],
  ] as const) {
    const { status, stderr } = cli(['list'], env);
    assert.match(stderr, line);
    assert.match(stderr, /^[^\n]+\n$/);
    assert.equal(status, 1);
  }
});
