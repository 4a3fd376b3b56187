import type { Trigger } from './entity.ts';
import { DIMENSION, type Metric, metrics } from './metrics.ts';

/** CloudWatch's limit for the values of one metric in a line. */
const MAX_VALUES = 100;

/** Measured values that are not written yet. */
export class Measured {
  /** By trigger; `undefined` is the key of metrics for all triggers. */
  #values = new Map<Trigger | undefined, Map<Metric, number[]>>();

  add(metric: Metric, trigger: Trigger, value = 1): void {
    const series = metrics[metric].per === 'trigger' ? trigger : undefined;
    const measured = this.#values.get(series) ?? new Map<Metric, number[]>();
    const values = measured.get(metric);
    if (values === undefined) this.#values.set(series, measured.set(metric, [value]));
    else if (metrics[metric].as === 'each') values.push(value);
    else values[0] = (values[0] ?? 0) + value;
  }

  /**
   * Removes all values and returns them as lines in CloudWatch's embedded metric format: one line for all triggers and
   * one for each trigger that has problems, more if a metric has too many values for one line.
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
    const Metrics: { readonly Name: Metric; readonly Unit: string }[] = [];
    const values: Partial<Record<Metric, number | readonly number[]>> = {};
    for (const [Name, all] of measured) {
      const some = all.slice(from, from + MAX_VALUES);
      if (some.length === 0) continue;
      Metrics.push({ Name, Unit: metrics[Name].unit });
      values[Name] = some.length === 1 ? some[0] : some;
    }
    if (Metrics.length === 0) return lines;
    const directive = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics };
    lines.push(JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...dimensions, ...values }));
  }
}
