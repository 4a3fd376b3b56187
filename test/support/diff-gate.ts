import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathWithThisNode } from '../../cli/local/process.ts';
import type { emptyProject } from './packed.ts';

type Run = Awaited<ReturnType<typeof emptyProject>>['run'];

/**
 * Runs the step `cdk diff as a gate` of a workflow as GitHub does: without a change of a deployed stack, and after a table was removed
 * from it.
 *
 * @param folder The folder of the example, with its synthesized stacks.
 */
export async function assertGate(folder: string, stack: string, run: Run): Promise<void> {
  const workflow = readFileSync(join(folder, '.github', 'workflows', 'deploy-stage.yml'), 'utf8');
  const [, step = ''] = workflow.split('- name: cdk diff as a gate');
  const [, script = ''] = /run: \|\n((?: {10}.*\n)+)/.exec(step) ?? [];
  assert.match(script, /npx cdk diff/);
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'cdk.out' }));
  const env = { ...process.env, PATH: pathWithThisNode, STACK: stack };
  const gate = () => run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], env, folder);
  assert.match(await gate(), /no differences/);

  const file = join(folder, 'cdk.out', `${stack}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8'));
  const table = Object.keys(template.Resources).find((id) => id.startsWith('TriggersTablesCustomer')) ?? '';
  assert.equal(template.Resources[table]?.Type, 'AWS::DynamoDB::GlobalTable');
  delete template.Resources[table];
  writeFileSync(file, JSON.stringify(template));
  await assert.rejects(gate(), ({ printed }: Error & { printed: string }) => {
    assert.match(printed, /::error::This change removes or replaces a table\./);
    return true;
  });
}
