import { type Line, read, region } from './prices.ts';
import type { Report } from './report.ts';

/** Formats a report as columns of text. */
export function printed(report: Report): string {
  const { changesPerMonth, responseMs, everyday, situations, rivals } = report;
  const changes = changesPerMonth.toLocaleString('en');
  return [
    `Receivers that respond in ${responseMs} ms; prices of ${region}, read on ${read}, without free tiers`,
    '',
    'everyday: changes one by one over all hours, eleven triggers in use, all costs included',
    columns([
      ['changes a month', 'a month'],
      ...everyday.map((month) => [month.changesPerMonth.toLocaleString('en'), dollars(month.perMonth)]),
    ]),
    ...everyday.map(
      (month) => `\n${month.changesPerMonth.toLocaleString('en')} changes a month:\n${bill(month.lines)}`,
    ),
    '\nimports and outages, in addition to a month without changes',
    columns([
      ['', 'a million'],
      ...situations.map(({ name, perMillion }) => [name, dollars(perMillion)]),
      ['a parked trigger with a long backlog, a month', dollars(report.parkedMonth)],
    ]),
    ...situations.map(({ name, lines }) => `\n${name}, a million:\n${bill(lines)}`),
    '\na million, by notifications per batch:',
    columns(report.byBatch.map(({ batch, perMillion }) => [String(batch), dollars(perMillion)])),
    '\na million, by changes per second and captureWindowSeconds (four shards per table):',
    columns([
      ['', 'a million', 'median delay'],
      ...report.byRate.map(({ changesPerSecond, windowSeconds, perMillion, medianMs }) => [
        `${changesPerSecond.toLocaleString('en')} a second, ${windowSeconds} s`,
        dollars(perMillion),
        `${(medianMs / 1000).toFixed(1)} s`,
      ]),
    ]),
    '\ndeliver, a million, busy, by its memory:',
    columns(
      report.memory.map(({ memoryMiB, ms, perMillion }) => [
        `${memoryMiB} MiB`,
        `${ms.toFixed(0)} ms`,
        dollars(perMillion),
      ]),
    ),
    `\nothers, ${changes} messages a month:`,
    columns(rivals.map(({ name, perMonth, lacks }) => [name, perMonth === undefined ? '?' : dollars(perMonth), lacks])),
  ].join('\n');
}

function bill(lines: readonly Line[]): string {
  return columns(
    lines.map(({ what, quantity, dollars: price }) => [
      what,
      quantity.toLocaleString('en', { maximumSignificantDigits: 4 }),
      dollars(price),
    ]),
  );
}

export function dollars(amount: number): string {
  return `$${amount.toFixed(amount >= 100 ? 0 : amount >= 0.01 ? 2 : 4)}`;
}

/** Aligns numbers to the right, except in the first column. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const isNumber = (cell: string) => /^[$\d?]/.test(cell) || cell.startsWith('a m');
  const aligned = (cell: string, i: number) =>
    i > 0 && isNumber(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => `  ${row.map(aligned).join('  ').trimEnd()}`).join('\n');
}
