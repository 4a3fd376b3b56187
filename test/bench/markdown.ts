import { cpus } from 'node:os';
import type { Figures, Ratio, Table } from './figures.ts';

/** The results of a run as text: the machine, the ratios and their figures. */
export function markdown({ ratios, tables }: Figures, day: string): string {
  const all = [{ title: 'Ratios', rows: ratios.map(ratioRow) }, ...tables];
  return [`Measured on ${day}: ${machine()}.`, ...all.filter(({ rows }) => rows.length > 0).map(table)].join('\n\n');
}

const platformName = process.platform === 'linux' ? 'Linux' : process.platform;

export function machine(): string {
  const [{ model = 'unknown' } = {}, ...others] = cpus();
  return `Node ${process.versions.node}, ${platformName} ${process.arch}, ${others.length + 1} × ${model.trim()}`;
}

function ratioRow({ what, value, better, target }: Ratio) {
  const bound = better === 'more' ? '≥' : '≤';
  return {
    what,
    ratio: value,
    target: target === undefined ? '' : `${bound} ${target}`,
    met: target === undefined ? '' : isMet(value, better, target) ? 'yes' : 'no',
  };
}

function isMet(value: number, better: Ratio['better'], target: number): boolean {
  return better === 'more' ? value >= target : value <= target;
}

function table({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = (row: Table['rows'][number]) => columns.map((name) => cell(row[name] ?? ''));
  const isNumber = (name: string) => rows.every((row) => typeof row[name] === 'number');
  const lines = [columns, columns.map((name) => (isNumber(name) ? '---:' : '---')), ...rows.map(cells)];
  return [`### ${title}`, '', ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n');
}

function cell(value: string | number): string {
  if (typeof value === 'string') return value;
  const digits = value >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** Replaces a section's figures in a document, between `<!-- bench NAME -->` and `<!-- end -->`. */
export function inserted(document: string, section: string, figures: string): string {
  const marked = new RegExp(`(<!-- bench ${section} -->\n)[^]*?(<!-- end -->)`);
  return document.replace(marked, (_, from, to) => `${from}${figures}\n${to}`);
}
