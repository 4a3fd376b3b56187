import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../infra/folders.ts';

const run = promisify(execFile);
const posix = { skip: process.platform === 'win32' && 'Windows has no sh' };

/** A program of the fake machine. */
const script = (text: string) => `#!/bin/sh\n${text}\n`;

/** A Node that prints its version, or who it is and its arguments. */
const node = (version: string, name: string) =>
  script(`[ "$1" = --version ] && echo ${version} || echo "${name} runs" "$@"`);

const installs = script(`mkdir -p node_modules/node-here/bin && cp "$0-24" node_modules/node-here/bin/node`);

/** A clone in a folder with a space in its name, on a machine with these programs. */
async function clone(programs: Readonly<Record<string, string>>) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'crm-triggers launcher-')));
  const bin = join(folder, 'node_modules', '.bin');
  const machine = join(folder, 'machine');
  await mkdir(bin, { recursive: true });
  await mkdir(machine);
  await cp(join(root, 'tools'), join(folder, 'tools'), { recursive: true });
  await symlink(join('..', '..', 'tools', 'node', 'launcher', 'node'), join(bin, 'node'));
  for (const [name, text] of Object.entries({ 'npm-24': node('v24.0.0', 'the pinned'), ...programs })) {
    await writeFile(join(machine, name), text);
    await chmod(join(machine, name), 0o755);
  }
  const PATH = [bin, machine, '/usr/bin', '/bin'].join(':');
  return {
    folder,
    call: (...args: string[]) => run('node', args, { env: { PATH }, cwd: folder }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

for (const version of ['v24.0.0', 'v26.1.0', 'v30.0.0'])
  test(`npm scripts run on Node ${version} of the machine`, posix, async () => {
    await using cloned = await clone({ node: node(version, 'the own'), npm: script('exit 1') });
    const { stdout, stderr } = await cloned.call('a file.ts', '--once');
    assert.deepEqual([stdout, stderr], ['the own runs a file.ts --once\n', '']);
  });

test(
  'on a machine with Node 20, the pinned Node is installed at the first call, with a line, and kept',
  posix,
  async () => {
    await using cloned = await clone({ node: node('v20.20.2', 'the own'), npm: installs });
    const [first, second] = [await cloned.call('one'), await cloned.call('two')];
    assert.deepEqual([first.stdout, second.stdout], ['the pinned runs one\n', 'the pinned runs two\n']);
    const line = `  – first use: fetching Node 24 from npm (53 MB) into ${cloned.folder}/.emulator, because this machine has v20.20.2\n`;
    assert.deepEqual([first.stderr, second.stderr], [line, '']);
    const [home, ...others] = await readdir(join(cloned.folder, '.emulator'));
    assert.match(home ?? '', /^node-\d+$/);
    assert.deepEqual(others, [], 'headers and lockfiles are not kept');
  },
);

test('two first calls at once both run', posix, async () => {
  await using cloned = await clone({ node: node('v20.20.2', 'the own'), npm: installs });
  const both = await Promise.all([cloned.call('one'), cloned.call('two')]);
  assert.deepEqual(
    both.map(({ stdout }) => stdout),
    ['the pinned runs one\n', 'the pinned runs two\n'],
  );
});

test(
  'when the pinned Node cannot be installed, the last line says how to fix it, and nothing is left',
  posix,
  async () => {
    await using cloned = await clone({ node: node('v20.20.2', 'the own'), npm: script('exit 1') });
    await assert.rejects(cloned.call('one'), ({ code, stderr }: Error & { code: number; stderr: string }) => {
      assert.equal(code, 1);
      assert.match(
        stderr,
        /\nNode 24 could not be installed\. To fix this, check the connection to the npm registry, or [^\n]+\n$/,
      );
      return true;
    });
    const [home, ...others] = await readdir(join(cloned.folder, '.emulator'));
    assert.match(home ?? '', /^node-\d+$/);
    assert.deepEqual(others, []);
  },
);
