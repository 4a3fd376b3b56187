import type { Figures } from './figures.ts';

/** The statements of the README about speed and cost, by the name of the ratio. */
const rows: readonly { readonly says: string; readonly ratio: string; readonly unit?: string }[] = [
  {
    says: "deliver's calls per second, of a bare undici loop's (receiver responds after 20 ms)",
    ratio: "deliver, of a bare loop's deliveries per second (http, 20 ms)",
  },
  {
    says: "… of axios in sequence's, as samples have it",
    ratio: "deliver, of axios's deliveries per second (http, 20 ms)",
    unit: '×',
  },
  {
    says: 'CPU of a delivery, signed and logged, of a bare call’s (no wait)',
    ratio: "deliver, of a bare loop's CPU per delivery (http, 0 ms)",
    unit: '×',
  },
  {
    says: 'stream records per second of a core, of one send a record',
    ratio: "capture, of one send's records per second of a core",
    unit: '×',
  },
  { says: "deliver's bundle", ratio: "deliver's bundle, KB", unit: ' KB' },
  { says: 'paid SQS requests a notification, busy', ratio: 'paid SQS requests a notification, busy' },
  { says: 'DynamoDB write units a notification, busy, its log included', ratio: 'write units a notification, busy' },
  { says: 'dollars a million notifications, busy, all in', ratio: 'dollars a million, busy, all in' },
  { says: 'a dead receiver’s dollars, of a healthy one’s', ratio: 'a dead receiver / a healthy one', unit: '×' },
];

/** A section's figures as they were kept, with where and when they were measured. */
export type Kept = Figures & { readonly day: string; readonly machine: string };

/** The README's table, of the figures that were kept last. */
export function headline(kept: Readonly<Record<string, Kept>>): string {
  const sections = Object.values(kept);
  const ratios = new Map(sections.flatMap(({ ratios }) => ratios).map((ratio) => [ratio.what, ratio]));
  const lines = rows.map(({ says, ratio, unit = '' }) => {
    const { value = Number.NaN, target, better } = ratios.get(ratio) ?? {};
    const aim = target === undefined ? '' : `${better === 'more' ? '≥' : '≤'} ${target}${unit}`;
    return `| ${says} | ${value >= 100 ? Math.round(value) : value.toFixed(2)}${unit} | ${aim} |`;
  });
  const days = [...new Set(sections.map(({ day }) => day))].sort();
  const machines = [...new Set(sections.map(({ machine }) => machine))];
  return [
    '| | measured | aim |',
    '|---|---:|---:|',
    ...lines,
    '',
    `${days.join(' to ')}, ${machines.join('; ')}.`,
  ].join('\n');
}
