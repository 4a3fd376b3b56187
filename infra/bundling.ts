import type { BuildOptions } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/** How esbuild makes a function's bundle: wherever one is made, deployed or measured. */
export const bundling = {
  alias: {
    // Lambda gives a function its role's credentials in the environment. The default chain (SSO, profiles, instance
    // metadata) would be a fifth of the bundle and is never asked.
    '@aws-sdk/credential-provider-node': `${root}functions/edge/credentials.ts`,
    'node:http': `${root}functions/edge/node-http.ts`,
  },
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  bundle: true,
  define: { 'process.env.JEST_WORKER_ID': 'undefined' },
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  platform: 'node',
  target: 'node24',
} satisfies BuildOptions;

/** The file in which a function's code begins. */
export function entryOf(stage: string): string {
  return `${root}functions/${stage}/index.ts`;
}
