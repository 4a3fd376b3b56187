import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { root } from './folders.ts';

/**
 * Files of undici that a GET over HTTP/1.1 does not use: request bodies, HTTP/2, and the parser for processors without WebAssembly
 * SIMD. undici loads `client-h2.js` when it starts, and the others when it first uses them.
 */
export const leftOut = [
  '../web/fetch/body.js',
  './client-h2.js',
  '../llhttp/llhttp-wasm.js',
  '../web/fetch/formdata',
  '../web/webidl',
];

/**
 * What undici uses of its table of HTTP/1.1 constants, by the path under which it loads the table. The table itself would be 11 KB
 * of a bundle.
 */
export const llhttpConstants = {
  '../llhttp/constants.js': { ERROR: { OK: 0, PAUSED: 21, PAUSED_UPGRADE: 22 }, TYPE: { RESPONSE: 2 } },
};

/** `require` for the packages that are not ES modules. A file that is left out throws when it is first used. */
const require = `
import { createRequire } from 'node:module';
const load = createRequire(import.meta.url);
const replaced = ${JSON.stringify(llhttpConstants)};
const require = (name) => {
  if (replaced[name]) return replaced[name];
  const leftOut = () => { throw new Error(name + ' is left out of the bundle: see infra/bundling.ts'); };
  return name.startsWith('.') ? new Proxy(leftOut, { get: leftOut }) : load(name);
};`;

const unusedSdk = join(root, 'functions', 'adapters', 'unused-sdk-parts.ts');

/** The esbuild options of every function's bundle, for deployments and for measurements. */
export const bundling = {
  alias: {
    // Lambda puts the credentials of the role into the environment. The default provider chain (SSO, profiles, instance metadata)
    // is never used, and would be a fifth of the bundle.
    '@aws-sdk/credential-provider-node': join(root, 'functions', 'adapters', 'credentials.ts'),
    '@aws-sdk/middleware-endpoint-discovery': unusedSdk,
    '@smithy/core/event-streams': unusedSdk,
    'node:http': join(root, 'functions', 'adapters', 'node-http.ts'),
  },
  banner: { js: require.replaceAll(/\s+/g, ' ').trim() },
  bundle: true,
  // undici then leaves out a second parser, which is off by default.
  define: { esbuildDetection: 'true' },
  external: [...leftOut, ...Object.keys(llhttpConstants)],
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  platform: 'node',
  target: 'node24',
} satisfies BuildOptions;

/** The entry file of the function in a folder of functions/. */
export function entryOf(folder: string): string {
  return join(root, 'functions', folder, 'index.ts');
}
