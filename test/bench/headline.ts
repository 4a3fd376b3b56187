import type { Figures } from './figures.ts';

/** The rows of the README's table about speed and cost, with the names of their ratios. */
const rows: readonly { readonly says: string; readonly ratio: string; readonly unit?: string }[] = [
  {
    says: 'calls per second: deliver / a bare undici loop (the receiver responds after 20 ms)',
    ratio: 'deliveries per second: deliver / bare loop (http, 20 ms)',
  },
  {
    says: 'calls per second: deliver / axios in sequence, as in most samples',
    ratio: 'deliveries per second: deliver / axios (http, 20 ms)',
    unit: '×',
  },
  {
    says: 'CPU per delivery: deliver, with signature and log / a bare call (the receiver responds at once)',
    ratio: 'CPU per delivery: deliver / bare loop (http, 0 ms)',
    unit: '×',
  },
  {
    says: 'stream records per CPU second: capture / one send per record',
    ratio: 'records per CPU second: capture / one send per record',
    unit: '×',
  },
  { says: "deliver's bundle", ratio: "deliver's bundle, KB", unit: ' KB' },
  { says: 'billed SQS requests per notification, busy', ratio: 'billed SQS requests per notification, busy' },
  { says: 'DynamoDB write units per notification, busy, with the log', ratio: 'write units per notification, busy' },
  { says: 'dollars per million notifications, busy, all in', ratio: 'dollars a million, busy, all in' },
  {
    says: 'cost of a receiver that is down / of a healthy one',
    ratio: 'cost of a receiver that is down / of a healthy one',
    unit: '×',
  },
];

/** The committed figures of a section, with the day and the machine of the measurement. */
export type Kept = Figures & { readonly day: string; readonly machine: string };

/** The README's table, from the committed figures. */
export function headline(kept: Readonly<Record<string, Kept>>): string {
  const sections = Object.values(kept);
  const ratios = new Map(sections.flatMap(({ ratios }) => ratios).map((ratio) => [ratio.what, ratio]));
  const lines = rows.map(({ says, ratio, unit = '' }) => {
    const { value = Number.NaN, target, better } = ratios.get(ratio) ?? {};
    const aim = target === undefined ? '' : `${better === 'more' ? '≥' : '≤'} ${target}${unit}`;
    return `| ${says} | ${value >= 100 ? Math.round(value) : value.toFixed(2)}${unit} | ${aim} |`;
  });
  const days = sections.map(({ day }) => day).sort();
  const period = [...new Set([days[0], days.at(-1)])].join(' to ');
  const machines = [...new Set(sections.map(({ machine }) => machine))];
  return ['| ratio | measured | target |', '|---|---:|---:|', ...lines, '', `${period}, ${machines.join('; ')}.`].join(
    '\n',
  );
}
