import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { root } from '../../infra/folders.ts';

/** The oldest Node that the package supports, as in `engines` of package.json. */
const OLDEST_NODE = 22;

const target = `node${OLDEST_NODE}`;

/**
 * The program of the package. It imports the command line after it has checked Node's version, because an older Node may fail to load it,
 * and its emulated functions make no calls.
 */
export const program = `#!/usr/bin/env node
if (Number.parseInt(process.versions.node, 10) >= ${OLDEST_NODE}) import('./command-line.js');
else {
  console.error('crm-triggers needs Node ${OLDEST_NODE} or newer. This is Node ' + process.versions.node + '. To fix this, install a newer Node.');
  process.exitCode = 1;
}
`;

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
