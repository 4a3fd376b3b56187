import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { root } from './folders.ts';

/**
 * Files of undici that a GET by HTTP/1.1 never gets to: bodies, HTTP/2, a machine without WebAssembly SIMD. It loads the
 * second at its start, and the others when it needs them.
 */
export const leftOut = [
  '../web/fetch/body.js',
  './client-h2.js',
  '../llhttp/llhttp-wasm.js',
  '../web/fetch/formdata',
  '../web/webidl',
];

/** What the packages that are not ES modules load. What is left out says so once it is used. The shell must find nothing in it. */
const require = `
import { createRequire } from 'node:module';
const load = createRequire(import.meta.url);
const require = (name) => {
  const leftOut = () => { throw new Error(name + ' is left out of the bundle: see infra/bundling.ts'); };
  return name.startsWith('.') ? new Proxy(leftOut, { get: leftOut }) : load(name);
};`;

/** How esbuild makes a function's bundle: wherever one is made, deployed or measured. */
export const bundling = {
  alias: {
    // Lambda gives a function its role's credentials in the environment. The default chain (SSO, profiles, instance
    // metadata) would be a fifth of the bundle and is never asked.
    '@aws-sdk/credential-provider-node': join(root, 'functions', 'adapters', 'credentials.ts'),
    'node:http': join(root, 'functions', 'adapters', 'node-http.ts'),
  },
  banner: { js: require.replaceAll(/\s+/g, ' ').trim() },
  bundle: true,
  // By this undici leaves out a second parser, which is off unless asked for.
  define: { esbuildDetection: 'true' },
  external: leftOut,
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
