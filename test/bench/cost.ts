import { deployed } from '../../cli/cost/deployed.ts';
import { measurements } from '../../cli/cost/measured.ts';
import { type Line, prices, read, region, rivals } from '../../cli/cost/prices.ts';
import { dollars } from '../../cli/cost/printed.ts';
import { type Month, report } from '../../cli/cost/report.ts';
import type { Figures } from './figures.ts';

const CHANGES_PER_MONTH = 1_000_000;
const ANSWER_MS = 100;

/** The output of `npm run cost` for the latest measurement and a million changes a month. */
export async function cost(): Promise<Figures> {
  const found = report(measurements(), deployed(), { changesPerMonth: CHANGES_PER_MONTH, responseMs: ANSWER_MS });
  const busy = found.situations.find(({ name }) => name === 'busy');
  return {
    ratios: [
      { what: 'dollars a million, busy, all in', value: busy?.perMillion ?? Number.NaN, better: 'less', target: 0.6 },
      {
        what: 'dollars a month, 1,000,000 changes one by one, eleven triggers in use, all in',
        value: found.everyday.find((month) => month.changesPerMonth === CHANGES_PER_MONTH)?.perMonth ?? Number.NaN,
        better: 'less',
        target: 12,
      },
      {
        what: 'cost of a receiver that is down / of a healthy one',
        value: found.deadOfHealthy,
        better: 'less',
        target: 1.2,
      },
    ],
    tables: [
      {
        title: `A month: changes one by one over all hours, eleven triggers in use, receivers that respond in ${ANSWER_MS} ms, counts of ${found.measuredOn}`,
        rows: found.everyday.map(({ changesPerMonth, perMonth }) => ({
          'changes a month': changesPerMonth,
          'a month, all in': dollars(perMonth),
        })),
      },
      { title: 'Parts of a month', rows: made(found.everyday.map((month) => [monthName(month), month.lines])) },
      {
        title: 'Imports and outages',
        rows: [
          ...found.situations.map(({ name, perMillion }) => ({ situation: name, 'a million': dollars(perMillion) })),
          { situation: 'a parked trigger with a long backlog, a month', 'a million': dollars(found.parkedMonth) },
        ],
      },
      { title: 'Parts of a million', rows: made(found.situations.map(({ name, lines }) => [name, lines])) },
      {
        title: 'A million, by notifications per batch',
        rows: found.byBatch.map(({ batch, perMillion }) => ({ batch, 'a million': dollars(perMillion) })),
      },
      {
        title: 'A million, by changes a second and captureWindowSeconds, with four shards a table',
        rows: found.byRate.map(({ changesPerSecond, windowSeconds, batch, perMillion, medianMs }) => ({
          'changes/s': changesPerSecond,
          'window, s': windowSeconds,
          'messages per batch of deliver': batch,
          'a million': dollars(perMillion),
          'median delay, ms': medianMs,
        })),
      },
      {
        title: 'Deliver’s duration for a million, busy, by its memory',
        rows: found.memory.map(({ memoryMiB, ms, perMillion }) => ({
          MiB: memoryMiB,
          'ms per batch': Math.round(ms),
          dollars: dollars(perMillion),
        })),
      },
      {
        title: `Alternatives, ${CHANGES_PER_MONTH.toLocaleString('en')} messages a month`,
        rows: found.rivals.map(({ name, perMonth, lacks }, i) => ({
          name,
          'a month': perMonth === undefined ? 'no price found' : dollars(perMonth),
          but: lacks,
          source: rivals[i]?.source ?? '',
        })),
      },
      {
        title: `List prices, ${region}, read on ${read}`,
        rows: Object.values(prices).map(({ what, dollars: price, per, source }) => ({
          what,
          dollars: `$${price}`,
          per: per.toLocaleString('en'),
          source,
        })),
      },
    ],
  };
}

const monthName = ({ changesPerMonth }: Month): string =>
  changesPerMonth === 0 ? 'idle' : changesPerMonth.toLocaleString('en');

function made(
  columns: readonly (readonly [name: string, lines: readonly Line[]])[],
): Figures['tables'][number]['rows'] {
  const names = [...new Set(columns.flatMap(([, lines]) => lines.map(({ what }) => what)))];
  return names.map((what) => ({
    what,
    ...Object.fromEntries(
      columns.map(([name, lines]) => [name, dollars(lines.find((line) => line.what === what)?.dollars ?? 0)]),
    ),
  }));
}
