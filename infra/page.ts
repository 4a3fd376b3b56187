import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { root } from './local/folders.ts';

const folder = `${root}functions/admin/page`;

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

/** Nothing inline, nothing from elsewhere, no frame around it; and no text that becomes HTML by mistake. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Bundles the admin page: its files by their paths.
 *
 * @param localRun Whether an agent to try it is part of it.
 */
export async function buildPage({ localRun }: { readonly localRun: boolean }): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: `${folder}/main.tsx`, style: `${folder}/page.css` },
    alias: { 'node:net': `${folder}/net.ts` },
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
  const kept = (name: string) => readFile(`${folder}/${name}`, 'utf8');
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', content: await kept('index.html') }],
    ['/icon.svg', { type: 'image/svg+xml', content: await kept('icon.svg') }],
    ['/page.css', { type: 'text/css; charset=utf-8', content: bundled('.css') }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', content: bundled('.js') }],
  ]);
}
