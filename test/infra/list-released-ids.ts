// Lists the logical IDs that a commit synthesizes, for released-ids.json: node test/infra/list-released-ids.ts VERSION COMMIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../infra/folders.ts';
import { variants } from '../support/variants.ts';

/** Settings that the release does not have. It rejects them. */
const later = new Set(['deletionProtection', 'userPoolId', 'vpc', 'architecture', 'captureWindowSeconds']);

const program = `
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { CrmTriggersConsoleStack } from './infra/console-stack.ts';
import { CrmTriggersStack } from './infra/stack.ts';
const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
const listed = Object.entries(JSON.parse(readFileSync(0, 'utf8'))).map(([name, settings]) => {
  const app = new App({ context: { ...context, stages: { main: settings }, 'aws:cdk:bundling-stacks': [] } });
  new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', new CrmTriggersStack(app, 'CrmTriggers'));
  const stacks = app.synth().stacks.map(({ stackName, template }) => [
    stackName,
    Object.fromEntries(Object.entries(template.Resources).map(([id, { Type }]) => [id, Type]).sort()),
  ]);
  return [name, { settings, stacks: Object.fromEntries(stacks) }];
});
console.log(JSON.stringify(Object.fromEntries(listed)));
`;

const [release = '', commit = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'crm-triggers-released-'));
try {
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'list.mjs'), program);
  const known = Object.entries(variants).map(([name, settings]) => [
    name,
    Object.fromEntries(Object.entries(settings).filter(([setting]) => !later.has(setting))),
  ]);
  const input = JSON.stringify(Object.fromEntries(known));
  const printed = execFileSync(process.execPath, ['list.mjs'], { cwd: folder, input, encoding: 'utf8' });
  const content = JSON.stringify({ release, commit, variants: JSON.parse(printed) }, null, 2);
  writeFileSync(new URL('released-ids.json', import.meta.url), `${content}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
