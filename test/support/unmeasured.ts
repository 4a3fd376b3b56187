import type { MeasuringParts } from '../../functions/adapters/metrics-writer.ts';

/** For tests that look at something else than the metrics. */
export const unmeasured: MeasuringParts['metrics'] = { add: () => {}, write: () => {} };
