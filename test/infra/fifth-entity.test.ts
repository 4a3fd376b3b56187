import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../infra/folders.ts';

const run = promisify(execFile);

const row = "  contact: { actions: ['create'], ids: ['AccountID', 'ContactID'], key: ['AccountID', 'ContactID'] },\n";
const end = '} as const satisfies Record<string, EntityRow>;';

/** A copy of the sources with a fifth entity. */
let copy: string;

before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'crm-triggers-fifth-entity-'));
  for (const name of ['cli', 'functions', 'infra', 'cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = join(copy, 'functions', 'core', 'entity.ts');
  const source = await readFile(file, 'utf8');
  assert.equal(source.split(end).length, 2);
  await writeFile(file, source.replace(end, row + end));
});
after(() => rm(copy, { recursive: true }));

test('a fifth entity needs no other change to compile', async () => {
  const tsc = join(root, 'test', 'node_modules', '.bin', 'tsc');
  for (const project of ['.', 'functions/console/page']) {
    // More threads would check some types more than once.
    const { stdout } = await run(tsc, ['--project', project, '--singleThreaded'], { cwd: copy }).catch(
      (error) => error,
    );
    assert.equal(stdout, '');
  }
});

test('a fifth entity gets a table, a capture function and an output', async () => {
  const script = `
    import { App } from 'aws-cdk-lib';
    import { CrmTriggersStack } from './infra/stack.ts';
    const app = new App({
      context: { stages: { main: {} }, 'aws:cdk:bundling-stacks': [] },
      builtinCloudFormationValidation: false,
    });
    const stack = new CrmTriggersStack(app, 'CrmTriggers');
    console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: copy,
    maxBuffer: 10_000_000,
  });
  const { Outputs, Resources } = JSON.parse(stdout);
  const [table = ''] = Object.keys(Resources).filter((id) => /^TablesContact[0-9A-F]{8}$/.test(id));
  assert.deepEqual(Outputs.ContactTable.Value, { Ref: table });
  assert.equal(Object.keys(Resources).filter((id) => /^CaptureContactFunction[0-9A-F]{8}$/.test(id)).length, 1);
});
