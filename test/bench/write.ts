import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { root } from '../../infra/local/folders.ts';
import type { Figures } from './figures.ts';
import { markdown } from './markdown.ts';

/**
 * Writes what a section found: its files, and its tables into the document that has a place for them, between
 * `<!-- bench NAME -->` and `<!-- end -->`.
 */
export function write(name: string, figures: Figures, day: string): void {
  for (const [path, content] of Object.entries(figures.files ?? {})) writeFileSync(`${root}${path}`, content);
  const marked = new RegExp(`(<!-- bench ${name} -->\n)[^]*?(<!-- end -->)`);
  for (const path of globSync('docs/*.md', { cwd: root })) {
    const text = readFileSync(`${root}${path}`, 'utf8');
    if (marked.test(text))
      writeFileSync(
        `${root}${path}`,
        text.replace(marked, (_, from, to) => `${from}${markdown(figures, day)}\n${to}`),
      );
  }
}
