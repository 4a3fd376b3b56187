import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder, isPackage, root } from '../../infra/folders.ts';
import { fetched, installationError } from './fetched.ts';
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
  const home = await fetched(join(folder, wanted), `${wanted} from npm (8 MB)`, (into) =>
    install(wanted, into, signal),
  );
  return join(home, inside);
}

async function install(wanted: string, into: string, signal: AbortSignal): Promise<void> {
  const words = ['install', '--loglevel', 'error', '--no-audit', '--no-fund', '--prefix', into, wanted];
  // npx and npm name their program. Without it, npm is found in PATH.
  const { npm_execpath: npm } = process.env;
  const [program, args] = npm ? [process.execPath, [npm, ...words]] : ['npm', words];
  await run(program, args, {}, signal).catch((error) => {
    signal.throwIfAborted();
    throw installationError(wanted, error, 'the connection to the npm registry');
  });
}
