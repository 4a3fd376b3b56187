import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageFile } from '../functions/console/serve-page.ts';
import { esbuild } from './esbuild.ts';
import { root } from './folders.ts';

const folder = join(root, 'functions', 'console', 'page');

/**
 * Bundles the admin page.
 *
 * @param localRun Whether to include the sample agent and leave out sign-in.
 */
export function buildPage({ localRun }: { readonly localRun: boolean }): Record<PageFile, string> {
  const { outputFiles } = esbuild().buildSync({
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
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    'index.html': file('index.html'),
    'icon.svg': file('icon.svg'),
    'page.css': bundled('.css'),
    'page.js': bundled('.js'),
  };
}
