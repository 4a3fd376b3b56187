import type { Backlog } from '../adapters/backlog.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { MetricsDeps } from '../adapters/metrics-writer.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';

interface MeasureDeps extends MetricsDeps {
  readonly backlog: Pick<Backlog, 'parked' | 'count'>;
  now(): number;
}

/** A larger backlog is reported as at least so many: to count all would read all each minute. */
const ENOUGH = 10_000;

/** Measures whether a trigger is down, and its backlog. It never throws: a drain does not depend on it. */
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
