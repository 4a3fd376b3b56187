import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { root } from '../../infra/folders.ts';

/** The oldest Node that the package supports, as in `engines` of package.json. */
const target = 'node22';

/** The command line, as an ES module without dependencies. */
export const commandLine = {
  absWorkingDir: root,
  entryPoints: [join('cli', 'main.ts')],
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  bundle: true,
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  platform: 'node',
  target,
} satisfies BuildOptions;

/** The constructs, as CommonJS, so that CDK apps of both module systems can use them. The peer dependencies are left out. */
export const construct = {
  absWorkingDir: root,
  entryPoints: [join('infra', 'package.ts')],
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  bundle: true,
  define: { 'import.meta.url': 'moduleUrl' },
  external: ['aws-cdk-lib', 'constructs', 'esbuild'],
  format: 'cjs',
  mainFields: ['module', 'main'],
  platform: 'node',
  target,
} satisfies BuildOptions;
