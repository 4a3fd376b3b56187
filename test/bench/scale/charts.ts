import type { Deployed } from '../../../cli/cost/deployed.ts';
import { chart } from './chart.ts';
import { DEAD_SHARE, type Point } from './course.ts';
import { quotas } from './quotas.ts';

/** Longer durations are drawn at the edge. */
const LONGEST_MS = 60_000;

/** @param goodMs The highest acceptable delay. */
export function delayChart(
  found: readonly { readonly name: string; readonly points: readonly Point[] }[],
  goodMs: number,
): string {
  const [defaults, ...raised] = found;
  const curve = (name: string, points: readonly Point[], of: (point: Point) => number) => ({
    name,
    points: points.map((point) => [point.perSecond, Math.min(LONGEST_MS, of(point))] as const),
  });
  return chart({
    title: 'Delay of a healthy trigger’s calls while one of eleven triggers is down',
    x: 'changes a second',
    y: 'milliseconds',
    range: [10, LONGEST_MS],
    limit: { at: goodMs, name: 'one second' },
    curves: [
      curve('p50, defaults', defaults?.points ?? [], ({ p50 }) => p50),
      curve('p99, defaults', defaults?.points ?? [], ({ p99Calm }) => p99Calm),
      ...raised.map(({ name, points }) => curve(`p99, ${name}`, points, ({ p99Calm }) => p99Calm)),
    ],
  });
}

export function quotaChart(points: readonly Point[], now: Deployed): string {
  const share = (name: string, of: (point: Point) => number, limit: number) => ({
    name,
    points: points.map((point) => [point.perSecond, (100 * of(point)) / limit] as const),
  });
  return chart({
    title: 'Use of each limit with the default settings',
    x: 'changes a second',
    y: 'percent of the limit',
    range: [0.1, 1_000],
    limit: { at: 100, name: 'the limit' },
    curves: [
      share(`deliver functions, of ${now.deliverConcurrency}`, (point) => point.functions, now.deliverConcurrency),
      share('backlog puts/s, of 1,000', ({ perSecond }) => perSecond * DEAD_SHARE, quotas.partitionWrites.limit),
      share('queued, of 120,000', ({ queued }) => queued, quotas.queued.limit),
      share('in flight, of 120,000', ({ inFlight }) => inFlight, quotas.inFlight.limit),
      share('messages/s, of 70,000', ({ perSecond }) => perSecond, quotas.messages.limit),
    ],
  });
}
