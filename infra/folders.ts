import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** All that a local run installs and makes; it can be deleted at any time. */
export const folder = fileURLToPath(new URL('../.emulator', import.meta.url));
