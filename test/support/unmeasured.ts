import type { MetricsDeps } from '../../functions/adapters/metrics-writer.ts';

/** For tests that look at something else than the metrics. */
export const unmeasured: MetricsDeps['metrics'] = { add: () => {}, write: () => {} };
