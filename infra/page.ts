import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageFile } from '../functions/console/serve-page.ts';
import { root } from './folders.ts';

const folder = join(root, 'functions', 'console', 'page');

/**
 * Bundles the admin page.
 *
 * @param localRun Whether to include the sample agent and leave out sign-in.
 */
export async function buildPage({ localRun }: { readonly localRun: boolean }): Promise<Record<PageFile, string>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: join(folder, 'main.tsx'), style: join(folder, 'page.css') },
    alias: { 'node:net': join(folder, 'net.ts') },
    bundle: true,
    define: { LOCAL_RUN: String(localRun) },
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    minify: true,
    outdir: folder,
    target: 'es2023',
    treeShaking: true,
    write: false,
  });
  const bundled = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  const file = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    'index.html': await file('index.html'),
    'icon.svg': await file('icon.svg'),
    'page.css': bundled('.css'),
    'page.js': bundled('.js'),
  };
}
