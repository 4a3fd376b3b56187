import type { Trigger } from '../core/entity.ts';
import { Measured, type Metric } from '../core/metrics.ts';
import { printLine } from './logger.ts';

/** What a function needs to have what happens in it measured. */
export interface MetricsDeps {
  readonly metrics: Pick<Metrics, 'add' | 'write'>;
}

/** What is measured in one run of a function, or a part of it, on its way to CloudWatch. It costs no request. */
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

  /** Writes what was measured since the last time, as of now. */
  write(): void {
    for (const line of this.#measured.take(this.#namespace, Date.now())) this.#print(line);
  }
}
