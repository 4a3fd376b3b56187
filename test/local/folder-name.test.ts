import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pathWithThisNode } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';

const run = promisify(execFile);

/** The files of the repository, without generated ones. */
async function sourceFiles(): Promise<string[]> {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', words, { cwd: root, maxBuffer: 2 ** 26 });
  return stdout.split('\0').filter((file) => file !== '' && file !== 'node_modules');
}

test('cdk synth works in a folder whose name has a space, a #, a % and a letter that is not ASCII', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'crm-triggers-folder-'));
  const folder = join(temporary, 'a b#c%20ü');
  try {
    for (const file of await sourceFiles())
      if (
        await access(join(root, file)).then(
          () => true,
          () => false,
        )
      )
        await cp(join(root, file), join(folder, file));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const cdk = join(folder, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const env = { ...process.env, PATH: pathWithThisNode, CDK_DISABLE_CLI_TELEMETRY: 'true' };
    // The CDK's own rules do not depend on the folder, and take 5 s.
    await run(process.execPath, [cdk, 'synth', '--quiet', '--no-notices', '--no-validation'], {
      cwd: folder,
      env,
      maxBuffer: 2 ** 26,
    });
    const out = join(folder, 'cdk.out');
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    for (const stack of ['CrmTriggers', 'CrmTriggersConsole']) assert.ok(manifest.artifacts[stack], stack);
    const bundles = (await readdir(out)).filter((name) => name.startsWith('asset.'));
    assert.ok(bundles.length >= 4, bundles.join());
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
});
