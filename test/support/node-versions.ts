import { delimiter, join } from 'node:path';
import { run } from '../../cli/local/process.ts';
import { kept } from './kept.ts';
import { interrupted } from './processes.ts';

/** The versions of Node on which the package is tested: the oldest of `engines`, and the one of this repository. */
export const nodeVersions = ['22.23.3', '24.21.0'] as const;

const platform = process.platform === 'win32' ? 'win' : process.platform;

/** A PATH whose `node` has this version. It comes from npm, and is installed once. */
export async function pathWithNode(version: string): Promise<string> {
  const name = `node-${platform}-${process.arch}`;
  const home = await kept('node', Buffer.from(`${name}@${version}`).toString('hex'), async (into) => {
    const words = ['install', '--silent', '--no-audit', '--no-fund', '--prefix', into, `${name}@${version}`];
    await run('npm', words, {}, interrupted);
  });
  return join(home, 'node_modules', name, 'bin') + delimiter + process.env.PATH;
}
