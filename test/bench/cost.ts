import { deployed } from '../../infra/cost/deployed.ts';
import { measurements } from '../../infra/cost/measured.ts';
import { prices, read, region, rivals } from '../../infra/cost/prices.ts';
import { dollars } from '../../infra/cost/printed.ts';
import { type Report, report } from '../../infra/cost/report.ts';
import type { Figures } from './figures.ts';

const CHANGES_PER_MONTH = 1_000_000;
const ANSWER_MS = 100;

/** What `npm run cost` says of what was measured last, for a million changes a month. */
export async function cost(): Promise<Figures> {
  const found = report(measurements(), deployed(), { changesPerMonth: CHANGES_PER_MONTH, answerMs: ANSWER_MS });
  const busy = found.situations.find(({ name }) => name === 'busy');
  return {
    ratios: [
      { what: 'dollars a million, busy, all in', value: busy?.perMillion ?? Number.NaN, better: 'less', target: 0.6 },
      { what: 'a dead destination / a healthy one', value: found.deadOfHealthy, better: 'less', target: 1.2 },
    ],
    tables: [
      {
        title: `${CHANGES_PER_MONTH.toLocaleString('en')} changes a month, receivers that answer in ${ANSWER_MS} ms, counts of ${found.measuredOn}`,
        rows: [
          ...found.situations.map(({ name, perMillion, perMonth }) => ({
            situation: name,
            'a million': dollars(perMillion),
            'a month, fixed costs too': dollars(perMonth),
          })),
          { situation: 'nothing changes', 'a month, fixed costs too': dollars(found.fixed.perMonth) },
          {
            situation: 'beside, each trigger that is used all the time',
            'a month, fixed costs too': dollars(found.usedTriggerMonth),
          },
          {
            situation: 'beside, each parked trigger with a long backlog',
            'a month, fixed costs too': dollars(found.parkedMonth),
          },
        ],
      },
      { title: 'What a million is made of', rows: made(found) },
      {
        title: 'Fixed, a month',
        rows: found.fixed.lines.map(({ what, quantity, dollars: price }) => ({
          what,
          quantity,
          dollars: dollars(price),
        })),
      },
      {
        title: 'A million, by how many notifications a batch holds',
        rows: found.byBatch.map(({ batch, perMillion }) => ({ batch, 'a million': dollars(perMillion) })),
      },
      {
        title: 'A million, by changes a second and captureWindowSeconds, with four shards a table',
        rows: found.byRate.map(({ changesPerSecond, windowSeconds, batch, perMillion, medianMs }) => ({
          'changes/s': changesPerSecond,
          'window, s': windowSeconds,
          'messages a run of deliver': batch,
          'a million': dollars(perMillion),
          'median delay, ms': medianMs,
        })),
      },
      {
        title: 'Deliver’s time, a million, busy, by its memory',
        rows: found.memory.map(({ memoryMiB, ms, perMillion }) => ({
          MiB: memoryMiB,
          'ms a batch': Math.round(ms),
          dollars: dollars(perMillion),
        })),
      },
      {
        title: `Others, ${CHANGES_PER_MONTH.toLocaleString('en')} messages a month`,
        rows: found.rivals.map(({ name, perMonth, lacks }, i) => ({
          name,
          'a month': perMonth === undefined ? 'no price found' : dollars(perMonth),
          but: lacks,
          source: rivals[i]?.source ?? '',
        })),
      },
      {
        title: `Listed prices, ${region}, read on ${read}`,
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

function made({ situations }: Report): Figures['tables'][number]['rows'] {
  const names = [...new Set(situations.flatMap(({ lines }) => lines.map(({ what }) => what)))];
  return names.map((what) => ({
    what,
    ...Object.fromEntries(
      situations.map(({ name, lines }) => [name, dollars(lines.find((line) => line.what === what)?.dollars ?? 0)]),
    ),
  }));
}
