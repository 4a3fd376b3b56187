import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { generalOptions, type Options, options } from '../../cli/command.ts';
import { commands } from '../../cli/commands.ts';
import { parseArguments } from '../../cli/parse-arguments.ts';
import { reportOf } from '../../cli/report-error.ts';

/** The exit status and the line of standard error, or the words and options with which the command would run. */
async function parse(t: TestContext, args: readonly string[]) {
  const printed = t.mock.method(process.stdout, 'write', () => true);
  let run: { words: readonly string[]; options: Options } | undefined;
  try {
    await parseArguments(args, async (_, words, given) => {
      run = { words, options: given };
    });
    return { status: 0, text: '', run };
  } catch (error) {
    return { ...reportOf(error, false), run };
  } finally {
    printed.mock.restore();
  }
}

/** Values for the placeholders. */
const values: Readonly<Record<string, string>> = {
  TRIGGER: 'case.edit',
  URL: 'https://example.com/',
  FILE: 'urls.json',
  NAME: 'X-Token',
  RATE: '0.5',
  '[ID]': 'msg_1',
  'LOCAL-URL': 'http://localhost:3000/',
};

const sampleOf = (placeholder: string) => values[placeholder] ?? placeholder.split('|')[0] ?? '';

for (const [name, command] of Object.entries(commands))
  describe(name, () => {
    const words = command.words.map(sampleOf);
    const needed = name === 'listen' ? ['--forward', sampleOf('LOCAL-URL')] : [];
    const right = [name, ...words, ...needed];
    const own: readonly string[] = command.options ?? [];
    const foreign = Object.keys(options).filter((option) => !own.includes(option));

    test('accepts its words', async (t) => {
      const { status, text, run } = await parse(t, right);
      assert.deepEqual([status, text, run?.words], [0, '', words]);
    });

    const wrong: (readonly string[])[] = [
      [...right, 'more'],
      [...right, '--nothing'],
      [...right, '-x'],
      [...right, '--output', 'xml'],
      [...right, '--output'],
      [...right, '--json=1'],
      [...right, '--json', '--output', 'table'],
      [...right, '--outpu', 'json'],
      ...foreign.map((option) => [...right, `--${option}`, ...(options[option as never][0] === '' ? [] : ['1'])]),
      ...[...own, ...Object.keys(generalOptions)]
        .filter((option) => ({ ...options, ...generalOptions })[option as never][0] !== '')
        .map((option) => [...right, `--${option}`, '']),
      ...words.map((_, place) => [name, ...words.with(place, ''), ...needed]),
      ...words.flatMap((_, place) =>
        command.words[place]?.startsWith('[') ? [] : [[name, ...words.slice(0, place), ...needed]],
      ),
      ...words.flatMap((_, place) =>
        /^TRIGGER$|\|/.test(command.words[place] ?? '') ? [[name, ...words.with(place, 'zzz'), ...needed]] : [],
      ),
    ];

    test('rejects wrong options, values and numbers of words with status 2, in one line', async (t) => {
      for (const args of wrong) {
        const { status, text, run } = await parse(t, args);
        assert.deepEqual([status, run], [2, undefined], JSON.stringify(args));
        assert.match(text, /^[A-Za-z"-][^\n]+ See crm-triggers --help\.$/, JSON.stringify(args));
      }
    });
  });

for (const [args, line] of [
  [['backfill', 'case.delete'], /^A deleted case has no row to send\. Backfill case\.create\./],
  [['backfill', 'case.edit', '--by', 'changedOn'], /^--by is possible only with --since\./],
  [['redeliver', 'msg_1', '--all'], /^An ID chooses one notification\. Give no --trigger, --since or --all\./],
  [['redeliver', 'msg_1', '--trigger', 'case.edit'], /^An ID chooses one notification\./],
  [['log', '--since', '2026-02-30'], /^"2026-02-30" is no time\./],
  [['log', '--since', '2026-02-29T10:00Z'], /^"2026-02-29T10:00Z" is no time\./],
  [['list', '--json', '--output', 'table'], /^--json and --output table contradict each other\./],
  [['list', '--profile', ''], /^--profile is empty\./],
  [['redeliver', ''], /^ID is empty\./],
  [[''], /^There is no command ""\. See/],
] as const)
  test(`rejects ${JSON.stringify(args)}`, async (t) => {
    const { status, text } = await parse(t, args);
    assert.equal(status, 2);
    assert.match(text, line);
  });

test('accepts --json beside --output json, and what is not wrong', async (t) => {
  for (const args of [
    ['list', '--json', '--output', 'json'],
    ['log', '--since', '2028-02-29'],
    ['redeliver', '--all', '--trigger', 'case.edit'],
    ['log', '--limit', '10000', '--id=-x'],
  ])
    assert.equal((await parse(t, args)).status, 0, args.join(' '));
});
