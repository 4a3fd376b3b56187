import { createRequire } from 'node:module';

/** esbuild, loaded when something is bundled. The npm package runs without it. */
export const esbuild = (): typeof import('esbuild') => createRequire(import.meta.url)('esbuild');
