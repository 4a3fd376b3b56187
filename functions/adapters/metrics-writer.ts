import type { Trigger } from '../core/entity.ts';
import { Measured } from '../core/measured.ts';
import type { Metric } from '../core/metrics.ts';
import { printLine } from './logger.ts';

/** The dependencies for writing metrics. */
export interface MetricsDeps {
  readonly metrics: Pick<Metrics, 'add' | 'write'>;
}

/** Collects the metrics of a run of a function, or of a part of it. Writing them costs no request. */
export class Metrics {
  readonly #namespace: string;
  readonly #print: (line: string) => void;
  readonly #measured = new Measured();

  constructor(namespace: string, print: (line: string) => void = printLine) {
    this.#namespace = namespace;
    this.#print = print;
  }

  add(metric: Metric, trigger: Trigger, value?: number): void {
    this.#measured.add(metric, trigger, value);
  }

  /** Writes the metrics that were collected since the last call. */
  write(): void {
    for (const line of this.#measured.take(this.#namespace, Date.now())) this.#print(line);
  }
}
