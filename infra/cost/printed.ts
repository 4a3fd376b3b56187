import { read, region } from './prices.ts';
import type { Report } from './report.ts';

/** A report for people, as columns of text. */
export function printed(report: Report): string {
  const { changesPerMonth, answerMs, situations, fixed, rivals } = report;
  const changes = changesPerMonth.toLocaleString('en');
  return [
    `${changes} changes a month, receivers that answer in ${answerMs} ms; prices of ${region}, read on ${read}, without free tiers`,
    '',
    columns([
      ['', 'a million', 'a month'],
      ...situations.map(({ name, perMillion, perMonth }) => [name, dollars(perMillion), dollars(perMonth)]),
      ['nothing changes', '', dollars(fixed.perMonth)],
      ['each trigger in use, beside', '', dollars(report.usedTriggerMonth)],
      ['each parked trigger, beside', '', dollars(report.parkedMonth)],
    ]),
    ...situations.map(({ name, lines }) => `\n${name}, a million:\n${bill(lines)}`),
    `\nfixed, a month:\n${bill(fixed.lines)}`,
    '\na million, by how many notifications a batch holds:',
    columns(report.byBatch.map(({ batch, perMillion }) => [String(batch), dollars(perMillion)])),
    '\na million, by changes a second and captureWindowSeconds (four shards a table):',
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

function bill(lines: Report['fixed']['lines']): string {
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

/** The first column to the left, the others that are numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const isNumber = (cell: string) => /^[$\d?]/.test(cell) || cell.startsWith('a m');
  const one = (cell: string, i: number) =>
    i > 0 && isNumber(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => `  ${row.map(one).join('  ').trimEnd()}`).join('\n');
}
