import simulated from './batches.json' with { type: 'json' };
import type { Deployed } from './deployed.ts';
import type { Measurements } from './measured.ts';
import { bill, type Line, rivalDollars, rivals, times, total } from './prices.ts';
import { averageMs, everydayMonth, lambdaTime, usageOf } from './usage.ts';

export interface CostQuery {
  readonly changesPerMonth: number;
  /** Response time of the receivers, milliseconds. */
  readonly responseMs: number;
}

/** All costs of a month in which changes come one by one at all hours, with all eleven triggers in use. */
export interface Month {
  readonly changesPerMonth: number;
  readonly perMonth: number;
  readonly lines: readonly Line[];
}

interface Situation {
  readonly name: string;
  /** The cost of a million notifications, in addition to a month without changes. */
  readonly perMillion: number;
  readonly lines: readonly Line[];
}

export interface Report extends CostQuery {
  readonly measuredOn: string;
  /** Months with 0, 100,000, 1,000,000 and the requested number of changes, in ascending order. */
  readonly everyday: readonly Month[];
  /** Costs of imports and outages. */
  readonly situations: readonly Situation[];
  /** The cost of a dead receiver divided by that of a healthy one, both busy. */
  readonly deadOfHealthy: number;
  /** The additional cost of one parked trigger with a long backlog, per month. */
  readonly parkedMonth: number;
  readonly rivals: readonly { readonly name: string; readonly perMonth?: number; readonly lacks: string }[];
  /** The cost of a million by notifications in a batch of deliver, between `busy` and `trickle`. */
  readonly byBatch: readonly { readonly batch: number; readonly perMillion: number }[];
  /**
   * The cost of a million by changes per second and captureWindowSeconds. Source: the batch sizes in the simulation, with at
   * least four shards per table. `medianMs` is the time from a change to its call.
   */
  readonly byRate: readonly {
    readonly changesPerSecond: number;
    readonly windowSeconds: number;
    readonly batch: number;
    readonly medianMs: number;
    readonly perMillion: number;
  }[];
  /** The cost of deliver for a million by its memory, busy. */
  readonly memory: readonly { readonly memoryMiB: number; readonly ms: number; readonly perMillion: number }[];
}

const names = {
  busy: 'busy',
  trickle: 'one by one',
  parked: 'down: parked',
  dead: 'down: parked, then drained',
} as const;

/** The cost of a deployment, from the measurements and the template, at listed prices. */
export function report(measured: Measurements, deployed: Deployed, query: CostQuery): Report {
  const months = [...new Set([0, 100_000, 1_000_000, query.changesPerMonth])].sort((a, b) => a - b);
  const perMillion = (situation: keyof typeof names) => {
    const usage = usageOf(measured[situation], deployed, query.responseMs);
    return times(usage, 1e6 / measured[situation].notifications);
  };
  const situations = (Object.keys(names) as (keyof typeof names)[]).map((situation) => {
    const usage = perMillion(situation);
    return {
      name: names[situation],
      perMillion: total(usage),
      lines: bill(usage),
    };
  });
  const byBatch = (batch: number) => {
    const [full, single] = [total(perMillion('busy')), total(perMillion('trickle'))];
    // The notifications of a batch share the cost of a run, so the cost of each is proportional to 1 / batch.
    const share = (1 / batch - 1 / deployed.deliverBatch) / (1 - 1 / deployed.deliverBatch);
    return full + (single - full) * share;
  };
  const minute = (name: 'deadMinute' | 'idleMinute') => total(usageOf(measured[name], deployed, query.responseMs));
  return {
    ...query,
    measuredOn: measured.day,
    everyday: months.map((changesPerMonth) => {
      const usage = everydayMonth(measured, deployed, query.responseMs, changesPerMonth);
      return { changesPerMonth, perMonth: total(usage), lines: bill(usage) };
    }),
    situations,
    deadOfHealthy: total(perMillion('dead')) / total(perMillion('busy')),
    parkedMonth: (minute('deadMinute') - minute('idleMinute')) * deployed.scheduledRuns,
    rivals: rivals.map((rival) => ({
      name: rival.name,
      perMonth: rivalDollars(rival, query.changesPerMonth),
      lacks: rival.lacks,
    })),
    byBatch: [10, 6, 4, 3, 2, 1].map((batch) => ({ batch, perMillion: byBatch(batch) })),
    byRate: simulated.batches.map(({ changesPerSecond, windowSeconds, deliverBatch, medianMs }) => ({
      changesPerSecond,
      windowSeconds,
      batch: deliverBatch,
      medianMs,
      perMillion: byBatch(deliverBatch),
    })),
    memory: [128, 256, 512, 1024, 1769].map((memoryMiB) => memoryOf(measured, deployed, memoryMiB, query.responseMs)),
  };
}

function memoryOf({ busy }: Measurements, { architecture }: Deployed, memoryMiB: number, responseMs: number) {
  const ms = averageMs(busy.runs.deliver, memoryMiB, responseMs);
  const gbSeconds = (busy.runs.deliver.invocations * ms * memoryMiB) / 1024 / 1000;
  return { memoryMiB, ms, perMillion: (total(lambdaTime(architecture, gbSeconds)) * 1e6) / busy.notifications };
}
