import type { Backlog } from '../adapters/backlog.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';

interface MeasureDeps extends MetricsDeps {
  readonly backlog: Pick<Backlog, 'parked' | 'count'>;
  now(): number;
}

/** The count stops here, because counting a larger backlog would read all of it each minute. */
const ENOUGH = 10_000;

/** Writes the metrics of a trigger's state and backlog. It never throws, because a drain does not depend on metrics. */
export async function measureBacklog(
  trigger: Trigger,
  { state, pausedBy }: TriggerNow,
  { backlog, metrics, now }: MeasureDeps,
): Promise<void> {
  if (state === 'parked' || (state === 'paused' && pausedBy === 'gone')) metrics.add('down', trigger);
  try {
    const size = await backlog.count(trigger, 'parked', ENOUGH);
    const [oldest] = size > 0 ? (await backlog.parked(trigger, 1)).parked : [];
    if (oldest) {
      metrics.add('backlog', trigger, size);
      metrics.add('oldest', trigger, Math.max(0, Math.round((now() - oldest.notification.changedAt) / 1000)));
    }
  } catch (error) {
    log('warn', 'cannot measure a backlog', { trigger, ...errorFields(error) });
  }
  metrics.write();
}
