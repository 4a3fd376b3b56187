import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from '../infra/folders.ts';
import { testTools } from './tools.ts';

// node test/with-tools.ts PROGRAM ARGUMENTS: runs a program that needs the packages of test/package.json. Without a program it
// only installs them.
const [program = '', ...args] = process.argv.slice(2);
await testTools();
const PATH = join(root, 'test', 'node_modules', '.bin') + delimiter + process.env.PATH;
const { status } =
  program === ''
    ? { status: 0 }
    : spawnSync(program, args, {
        stdio: 'inherit',
        env: { ...process.env, PATH },
        shell: process.platform === 'win32',
      });
process.exitCode = status ?? 1;
