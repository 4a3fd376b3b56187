import type { Trigger } from './entity.ts';

interface MetricRow {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** `sum`: what one write tells is added up; `each`: every value counts by itself, so that there are percentiles. */
  readonly as: 'sum' | 'each';
  readonly tells: string;
}

/**
 * What is measured, each of a trigger and of nothing else: 11 series a metric at most. A series costs only in the hours in
 * which something is measured, so no zero is ever written, and a trigger that nobody uses costs nothing.
 */
export const metrics = {
  captured: { unit: 'Count', as: 'sum', tells: 'notifications that went into the queue' },
  silenced: {
    unit: 'Count',
    as: 'sum',
    tells: 'changes that nobody was told of, since a receiver marked them as its own',
  },
  delivered: { unit: 'Count', as: 'sum', tells: 'notifications that were delivered' },
  failed: { unit: 'Count', as: 'sum', tells: 'notifications that were given up' },
  held: { unit: 'Count', as: 'sum', tells: 'attempts that failed, after which the notification is held' },
  parked: { unit: 'Count', as: 'sum', tells: 'notifications that went into the backlog' },
  drained: { unit: 'Count', as: 'sum', tells: 'notifications that were delivered from the backlog' },
  blocked: { unit: 'Count', as: 'sum', tells: 'attempts that were not made, since the URL may not be called' },
  attempt: { unit: 'Milliseconds', as: 'each', tells: 'how long an attempt took' },
  delay: { unit: 'Milliseconds', as: 'each', tells: 'from the change (known to the second) to its delivery' },
  backlog: { unit: 'Count', as: 'each', tells: 'how many wait in the backlog, each minute' },
  oldest: { unit: 'Seconds', as: 'each', tells: 'how old the change is that waits longest there, each minute' },
  down: { unit: 'Count', as: 'each', tells: '1 in each minute in which the trigger is parked, or paused by 410 Gone' },
} as const satisfies Record<string, MetricRow>;

export type Metric = keyof typeof metrics;

/** By what the series of a metric differ. */
export const DIMENSION = 'trigger';

/** CloudWatch takes so many values of one metric in a line. */
const MAX_VALUES = 100;

/** What was measured since the last time it was taken. */
export class Measured {
  #values = new Map<Trigger, Map<Metric, number[]>>();

  add(metric: Metric, trigger: Trigger, value = 1): void {
    const ofTrigger = this.#values.get(trigger) ?? new Map<Metric, number[]>();
    const values = ofTrigger.get(metric) ?? [];
    if (metrics[metric].as === 'each') values.push(value);
    else values[0] = (values[0] ?? 0) + value;
    this.#values.set(trigger, ofTrigger.set(metric, values));
  }

  /**
   * Takes it as lines in CloudWatch's embedded metric format: one a trigger, more when there are too many values.
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
  trigger: Trigger,
  measured: readonly (readonly [Metric, readonly number[]])[],
  at: number,
): string[] {
  const lines: string[] = [];
  for (let from = 0; ; from += MAX_VALUES) {
    const some = measured
      .map(([metric, values]) => [metric, values.slice(from, from + MAX_VALUES)] as const)
      .filter(([, values]) => values.length > 0);
    if (some.length === 0) return lines;
    const Metrics = some.map(([Name]) => ({ Name, Unit: metrics[Name].unit }));
    const directive = { Namespace: namespace, Dimensions: [[DIMENSION]], Metrics };
    const values = Object.fromEntries(
      some.map(([metric, [first, ...more]]) => [metric, more.length > 0 ? [first, ...more] : first]),
    );
    lines.push(
      JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, [DIMENSION]: trigger, ...values }),
    );
  }
}
