import { fileURLToPath } from 'node:url';

/** The root folder of the project, or of the npm package. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether this code runs in the npm package, where it is compiled. */
export const isPackage = !import.meta.url.endsWith('.ts');

/** The folder for the files of local runs and tests. It can be deleted at any time. */
export const folder = fileURLToPath(new URL('../.emulator', import.meta.url));
