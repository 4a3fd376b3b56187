import type { MetricsDeps } from '../../functions/adapters/metrics-writer.ts';

/** For tests that do not check metrics. */
export const unmeasured: MetricsDeps['metrics'] = { add: () => {}, write: () => {} };
