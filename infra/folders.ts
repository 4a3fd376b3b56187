import { fileURLToPath } from 'node:url';

/** The root folder of the project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The folder for the files of local runs and tests. It can be deleted at any time. */
export const folder = fileURLToPath(new URL('../.emulator', import.meta.url));
