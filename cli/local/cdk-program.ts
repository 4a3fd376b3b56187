import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../functions/operations/user-error.ts';
import { folder, isPackage, root } from '../../infra/folders.ts';
import { fetched } from './fetched.ts';
import { run } from './process.ts';

/**
 * The program of the CDK: a development dependency of the repository. For the npm package, it is fetched at the first call.
 *
 * @throws {UserError} When it cannot be fetched.
 */
export async function cdkProgram(signal: AbortSignal): Promise<string> {
  const inside = join('node_modules', 'aws-cdk', 'bin', 'cdk');
  if (!isPackage) return join(root, inside);
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const wanted = `aws-cdk@${devDependencies['aws-cdk']}`;
  return join(await fetched(join(folder, wanted), wanted, (into) => install(wanted, into, signal)), inside);
}

async function install(wanted: string, into: string, signal: AbortSignal): Promise<void> {
  const words = ['install', '--silent', '--no-audit', '--no-fund', '--prefix', into, wanted];
  // npx and npm name their program. Without it, npm is found in PATH.
  const { npm_execpath: npm } = process.env;
  const [program, args] = npm ? [process.execPath, [npm, ...words]] : ['npm', words];
  await run(program, args, {}, signal).catch((error) => {
    signal.throwIfAborted();
    throw new UserError(
      `${wanted} could not be installed: ${error.message.split('\n')[0].slice(0, 300)}. To fix this, check the connection to the npm registry and start again.`,
    );
  });
}
