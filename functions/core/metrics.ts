import type { Trigger } from './entity.ts';

interface MetricRow {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** `sum`: what one write tells is added up; `each`: every value counts by itself, so that there are percentiles. */
  readonly as: 'sum' | 'each';
  /**
   * `all`: one series over all triggers, for what is measured while all is well. `trigger`: a series for each trigger, for
   * what is wrong. A series is paid for by the hour in which it has a value.
   */
  readonly per: 'all' | 'trigger';
  readonly meaning: string;
}

/** All metrics. No zero is ever written, so a metric of something wrong costs nothing while all is well. */
export const metrics = {
  captured: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that went into the queue' },
  silenced: {
    unit: 'Count',
    as: 'sum',
    per: 'all',
    meaning: 'changes that nobody was notified of, since a receiver marked them as its own',
  },
  delivered: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were delivered' },
  failed: { unit: 'Count', as: 'sum', per: 'trigger', meaning: 'notifications that were moved to Failed' },
  held: {
    unit: 'Count',
    as: 'sum',
    per: 'trigger',
    meaning: 'attempts that failed, after which the notification waits for a retry',
  },
  parked: { unit: 'Count', as: 'sum', per: 'trigger', meaning: 'notifications that went into the backlog' },
  drained: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were delivered from the backlog' },
  blocked: {
    unit: 'Count',
    as: 'sum',
    per: 'trigger',
    meaning: 'attempts that were not made, since the URL may not be called',
  },
  attempt: { unit: 'Milliseconds', as: 'each', per: 'all', meaning: 'how long an attempt took' },
  delay: {
    unit: 'Milliseconds',
    as: 'each',
    per: 'all',
    meaning: 'from the change (known to the second) to its delivery',
  },
  backlog: { unit: 'Count', as: 'each', per: 'trigger', meaning: 'how many wait in the backlog, each minute' },
  oldest: {
    unit: 'Seconds',
    as: 'each',
    per: 'trigger',
    meaning: 'how old the change is that waits longest there, each minute',
  },
  down: {
    unit: 'Count',
    as: 'each',
    per: 'trigger',
    meaning: '1 in each minute in which the trigger is parked, or paused by 410 Gone',
  },
} as const satisfies Record<string, MetricRow>;

export type Metric = keyof typeof metrics;

/** The dimension of metrics that have a series for each trigger. */
export const DIMENSION = 'trigger';

/** CloudWatch takes so many values of one metric in a line. */
const MAX_VALUES = 100;

/** Values that were measured and not written yet. */
export class Measured {
  /** By trigger; `undefined` has what is measured over all triggers. */
  #values = new Map<Trigger | undefined, Map<Metric, number[]>>();

  add(metric: Metric, trigger: Trigger, value = 1): void {
    const of = metrics[metric].per === 'trigger' ? trigger : undefined;
    const measured = this.#values.get(of) ?? new Map<Metric, number[]>();
    const values = measured.get(metric) ?? [];
    if (metrics[metric].as === 'each') values.push(value);
    else values[0] = (values[0] ?? 0) + value;
    this.#values.set(of, measured.set(metric, values));
  }

  /**
   * Takes it as lines in CloudWatch's embedded metric format: one for all triggers and one for each in which something is
   * wrong, more when there are too many values.
   *
   * @param at Epoch milliseconds.
   */
  take(namespace: string, at: number): string[] {
    const measured = this.#values;
    this.#values = new Map();
    return [...measured].flatMap(([trigger, values]) => linesOf(namespace, trigger, [...values], at));
  }
}

function linesOf(
  namespace: string,
  trigger: Trigger | undefined,
  measured: readonly (readonly [Metric, readonly number[]])[],
  at: number,
): string[] {
  const lines: string[] = [];
  const dimensions = trigger === undefined ? {} : { [DIMENSION]: trigger };
  for (let from = 0; ; from += MAX_VALUES) {
    const some = measured
      .map(([metric, values]) => [metric, values.slice(from, from + MAX_VALUES)] as const)
      .filter(([, values]) => values.length > 0);
    if (some.length === 0) return lines;
    const Metrics = some.map(([Name]) => ({ Name, Unit: metrics[Name].unit }));
    const directive = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics };
    const values = Object.fromEntries(
      some.map(([metric, [first, ...more]]) => [metric, more.length > 0 ? [first, ...more] : first]),
    );
    lines.push(JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...dimensions, ...values }));
  }
}
