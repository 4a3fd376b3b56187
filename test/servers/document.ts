import { hardIds } from '../support/hard-ids.ts';
import type { Result } from './exercise.ts';
import type { Server } from './servers.ts';

/** The document with the results, between `<!-- NAME -->` and `<!-- end -->`. */
export const documentPath = 'docs/servers.md';

const code = (text: string) => `\`${text}\``;

/** One row of the table. A cell with only a dash means that there is nothing to say. */
function row({ name, note }: Server, { version, wrongIds, isVerified, badPaths, longestKb }: Result): string {
  const bad = Object.entries(badPaths).map(([path, what]) => `${code(path)} ${what}`);
  const cells = [
    `${name} ${version}`,
    code(note),
    `${hardIds.length - wrongIds.length} of ${hardIds.length}`,
    isVerified ? 'both' : 'none',
    bad.join(', ') || '–',
    longestKb,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The table of servers that were tried. */
export function tableOf(first: string, results: ReadonlyMap<Server, Result>): string {
  const head = `| server | ${first} | IDs decoded | signatures | paths that break them | longest target, KB |`;
  return [head, '|---|---|---:|---|---|---:|', ...[...results].map(([server, result]) => row(server, result))].join(
    '\n',
  );
}

/** The document with another table. */
export function replaced(document: string, name: string, table: string): string {
  return document.replace(
    new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`),
    (_, from, to) => `${from}${table}\n${to}`,
  );
}

/** A table without versions, which differ between machines. */
export const withoutVersions = (text: string) => text.replace(/^\| (\D+?) (?:go)?\d[^|]*\|/gm, '| $1 |');
