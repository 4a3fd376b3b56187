import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the project, or of the npm package. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether this code runs in the npm package, where it is compiled. */
export const isPackage = !import.meta.url.endsWith('.ts');

/** The folder for the files of local runs and tests. It can be deleted at any time. The npm package uses the user's cache. */
export const folder = isPackage ? join(userCache(), 'crm-triggers') : join(root, '.emulator');

function userCache(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA;
  return XDG_CACHE_HOME || join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
}
