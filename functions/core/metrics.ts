interface MetricRow {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** `sum`: one write contains the sum of the values. `each`: one write contains every value, for percentiles. */
  readonly as: 'sum' | 'each';
  /**
   * `all`: one series for all triggers; metrics of normal operation. `trigger`: one series for each trigger; metrics of
   * problems. CloudWatch charges a series for each hour in which it has a value.
   */
  readonly per: 'all' | 'trigger';
  readonly meaning: string;
}

/** All metrics. Zeros are never written, so a metric of a problem costs nothing without the problem. */
export const metrics = {
  captured: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were sent to the queue' },
  silenced: {
    unit: 'Count',
    as: 'sum',
    per: 'all',
    meaning: 'changes that made no call, because a receiver marked them as its own',
  },
  delivered: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were delivered' },
  merged: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were merged into a later one' },
  failed: { unit: 'Count', as: 'sum', per: 'trigger', meaning: 'notifications that were moved to Failed' },
  held: { unit: 'Count', as: 'sum', per: 'trigger', meaning: 'failed attempts that will be retried' },
  parked: { unit: 'Count', as: 'sum', per: 'trigger', meaning: 'notifications that were moved to the backlog' },
  drained: { unit: 'Count', as: 'sum', per: 'all', meaning: 'notifications that were delivered from the backlog' },
  blocked: {
    unit: 'Count',
    as: 'sum',
    per: 'trigger',
    meaning: 'attempts without a call, because the settings do not allow the URL',
  },
  attempt: { unit: 'Milliseconds', as: 'each', per: 'all', meaning: 'duration of an attempt' },
  delay: {
    unit: 'Milliseconds',
    as: 'each',
    per: 'all',
    meaning: 'time from a change (in whole seconds) to its delivery',
  },
  backlog: { unit: 'Count', as: 'each', per: 'trigger', meaning: 'notifications in the backlog, each minute' },
  oldest: {
    unit: 'Seconds',
    as: 'each',
    per: 'trigger',
    meaning: 'age of the oldest change in the backlog, each minute',
  },
  down: {
    unit: 'Count',
    as: 'each',
    per: 'trigger',
    meaning: '1 in each minute in which the trigger is parked, or paused by 410 Gone',
  },
} as const satisfies Record<string, MetricRow>;

export type Metric = keyof typeof metrics;

/** The dimension of metrics with `per: 'trigger'`. */
export const DIMENSION = 'trigger';
