import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from '../../cli/commands.ts';
import { completions } from '../../cli/completion.ts';
import { triggers } from '../../functions/core/entity.ts';

const file = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

type Shell = keyof typeof completions;

/** Shell code that prints the completions of `$words`, one per line. The last word is the one to complete. */
const drivers: Readonly<Record<Shell, { readonly flags: string[]; readonly code: (line: string[]) => string }>> = {
  bash: {
    flags: ['--noprofile', '--norc', '-c'],
    code: (line) =>
      `COMP_WORDS=(${line.map(quoted).join(' ')}); COMP_CWORD=${line.length - 1}; _crm_triggers; printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  zsh: {
    // The line editor is not there: compadd, which filters and shows, prints what it gets.
    flags: ['-f', '-c'],
    code: (line) =>
      `compadd() { shift; print -l -- "$@"; }; words=(${line.map(quoted).join(' ')}); CURRENT=${line.length}; _crm_triggers`,
  },
  fish: {
    flags: ['--no-config', '-c'],
    code: (line) => `complete -C ${quoted(line.join(' '))}`,
  },
};

const quoted = (word: string) => `'${word}'`;

function complete(shell: Shell, ...line: string[]): string[] {
  const { flags, code } = drivers[shell];
  const script = `${shell === 'zsh' ? 'compdef() { :; }; ' : ''}${completions[shell](commands)}\n${code(['crm-triggers', ...line])}`;
  const out = execFileSync(shell, [...flags, script], { encoding: 'utf8' });
  const last = line.at(-1) ?? '';
  const found = out.split('\n').map((text) => text.split('\t')[0] ?? '');
  // Fish sorts by itself.
  return found.filter((word) => word !== '' && word.startsWith(last)).sort();
}

for (const shell of Object.keys(completions) as Shell[]) {
  const isThere = spawnSync(shell, ['--version']).status === 0;
  describe(`completion of ${shell}`, { skip: isThere ? false : `${shell} is not installed` }, () => {
    test('offers all commands, and those that begin with a word', () => {
      assert.deepEqual(complete(shell, ''), Object.keys(commands).sort());
      assert.deepEqual(complete(shell, 'ex'), ['export']);
    });

    test('offers triggers, verbs, and values of options', () => {
      assert.deepEqual(complete(shell, 'pause', 'customer.'), triggers.slice(0, 3).toSorted());
      assert.deepEqual(complete(shell, 'secret', 'r'), ['rotate']);
      assert.deepEqual(complete(shell, 'secret', 'rotate', 'task.'), triggers.slice(-3).toSorted());
      assert.deepEqual(complete(shell, 'limit', 'task.edit', ''), ['off']);
      assert.deepEqual(complete(shell, 'coalesce', 'task.edit', 'o'), ['off', 'on']);
      assert.deepEqual(complete(shell, 'log', '--trigger', 'followup.'), ['followup.create', 'followup.delete']);
      assert.deepEqual(complete(shell, 'log', '--outcome', 'd'), ['delivered']);
      assert.deepEqual(complete(shell, 'list', '--output', 'j'), ['json', 'jsonl']);
    });

    test('offers triggers after options and their values', () => {
      assert.deepEqual(complete(shell, 'pause', '--stage', 'prod', 'case.e'), ['case.edit']);
    });

    test('offers the options of a command and no others', () => {
      assert.deepEqual(complete(shell, 'export', '--with-'), ['--with-headers', '--with-secrets']);
      assert.deepEqual(complete(shell, 'list', '--foll'), []);
      assert.ok(complete(shell, 'log', '--').includes('--region'));
    });
  });
}

test('the command prints the script without AWS', async () => {
  const { status, stdout } = spawnSync(process.execPath, [file, 'completion', 'bash'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  assert.deepEqual([status, stdout], [0, `${completions.bash(commands)}\n`]);
});
