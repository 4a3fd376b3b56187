import { deployed } from '../../../infra/cost/deployed.ts';
import type { Figures, Table } from '../figures.ts';
import { chart } from './chart.ts';
import { ANSWER_MS, DEAD_SHARE, type Point, pointAt, type Variant } from './course.ts';
import { quotas } from './quotas.ts';
import { validation } from './validation.ts';

const RATES = [10, 30, 100, 300, 1_000, 2_000, 3_000, 5_000, 7_000, 10_000];
const QUICK_RATES = [10, 300];

/** A delay is in order up to this. */
const GOOD_MS = 1_000;

/** What off the chart is drawn at its edge. */
const LONGEST_MS = 60_000;

const now = deployed();

/** All but a hundred functions of the account for deliver. */
const raised = { deliverConcurrency: quotas.functions.limit - 100, captureParallelization: 10 };

const variants: readonly Variant[] = [
  { ...now, name: 'defaults', backlogPartitions: 1 },
  { ...raised, name: 'settings raised', backlogPartitions: 1 },
  { ...raised, name: 'raised, backlog split in 8', backlogPartitions: 8 },
];

/** How delays, functions and queues grow with the changes a second, one of eleven triggers being dead. */
export async function scale(quick: boolean): Promise<Figures> {
  const compared = await validation(quick ? [1] : undefined);
  const found = variants.map((variant) => ({
    name: variant.name,
    points: (quick ? QUICK_RATES : RATES).map((rate) => pointAt(rate, variant, 1)),
  }));
  const [defaults] = found;
  const reach = ({ points }: { readonly points: readonly Point[] }) => {
    const bad = points.findIndex(({ p99Calm }) => p99Calm > GOOD_MS);
    return points.at(bad === -1 ? -1 : Math.max(0, bad - 1))?.perSecond ?? 0;
  };
  return {
    ratios: [
      ...compared.map(({ what, full, simulated }) => ({
        what: `${what}, simulated / played by the real functions`,
        value: simulated / full,
        better: 'less' as const,
        target: 1.25,
      })),
      ...found.map((one) => ({
        what: `changes a second with a healthy p99 within ${GOOD_MS / 1000} s, ${one.name}`,
        value: reach(one),
        better: 'more' as const,
      })),
    ],
    tables: [
      { title: 'The event simulation beside the real functions in virtual time', rows: compared.map(milliseconds) },
      ...found.map(({ name, points }) => ({ title: `By changes a second: ${name}`, rows: points.map(row) })),
      { title: 'Where the walls are', rows: walls(defaults?.points ?? []) },
    ],
    files: {
      'docs/scale-delay.svg': delayChart(found),
      'docs/scale-quotas.svg': quotaChart(defaults?.points ?? []),
    },
  };
}

function milliseconds({ what, full, simulated }: { what: string; full: number; simulated: number }) {
  return { what, 'real functions, ms': Math.round(full), 'simulated, ms': Math.round(simulated) };
}

/** What has not arrived within the run is not known to the millisecond. */
const shown = (ms: number): string => (Number.isFinite(ms) ? Math.round(ms).toLocaleString('en') : 'never caught up');

function row(point: Point): Table['rows'][number] {
  return {
    'changes/s': point.perSecond,
    'healthy p50, ms': shown(point.p50),
    p99: shown(point.p99),
    'p99 but for hot records': shown(point.p99Calm),
    functions: Math.round(point.functions),
    'handled/s': Math.round(point.handledPerSecond),
    batch: point.batch,
    'SQS requests each': point.sqsRequests,
    'most queued': point.queued,
    'most out of sight': point.inFlight,
    'left in streams': point.streamed,
    'parked/s': Math.round(point.parkedPerSecond),
  };
}

/** What the limits mean in changes a second, and what to do about each. */
function walls(points: readonly Point[]): Table['rows'] {
  const first = (isFull: (point: Point) => boolean) => points.find(isFull)?.perSecond ?? `beyond ${RATES.at(-1)}`;
  const requestMs = 16;
  const oneLine = 1000 / (ANSWER_MS + 2 * requestMs);
  // A look at its trigger now and then, the call, and its item deleted.
  const drained = (now.drainConcurrency * 1000) / (ANSWER_MS + 3 * requestMs);
  return [
    {
      wall: 'one record: its calls go out one after another',
      'changes/s': Math.round(oneLine),
      raise: 'nothing: it is the order that is promised; a quicker receiver',
    },
    {
      wall: 'one dead trigger: its backlog is one hot partition beyond 1,000 puts a second',
      'changes/s': Math.round(quotas.partitionWrites.limit / DEAD_SHARE),
      raise: 'nothing yet: deliver waits for it, and healthy triggers with it',
    },
    {
      wall: 'one trigger that drains while changes go on coming',
      'changes/s': Math.round(drained / DEAD_SHARE),
      raise: `drainConcurrency (${now.drainConcurrency}, up to 500)`,
    },
    {
      wall: 'one shard of a stream, a batch of 100 after another',
      'changes/s': quotas.shardRecords.limit,
      raise: `captureParallelization (${now.captureParallelization}, up to 10)`,
    },
    {
      wall: 'deliver, all its functions at work',
      'changes/s': first(({ functions }) => functions > 0.9 * now.deliverConcurrency),
      raise: "deliverConcurrency (100, up to 1,000); beyond, the account's quota of 1,000 functions",
    },
    {
      wall: 'the queue, 120,000 messages waiting',
      'changes/s': first(({ queued }) => queued > quotas.queued.limit),
      raise: 'deliverConcurrency: what is behind them is not looked at, whatever its record',
    },
    {
      wall: 'the queue, messages a second in batches of ten',
      'changes/s': quotas.messages.limit,
      raise: 'the quota of the queue; groups are hashed, so no partition (3,000) gets more than its share',
    },
    {
      wall: 'the delivery log, eight shards of 1,000 units a second, a unit a batch',
      'changes/s': 80_000,
      raise: 'SHARDS in functions/edge/delivery-log.ts',
    },
  ];
}

function delayChart(found: readonly { readonly name: string; readonly points: readonly Point[] }[]): string {
  const [defaults, ...raised] = found;
  const curve = (name: string, points: readonly Point[], of: (point: Point) => number) => ({
    name,
    points: points.map((point) => [point.perSecond, Math.min(LONGEST_MS, of(point))] as const),
  });
  return chart({
    title: 'How long a healthy trigger’s change waits for its call, one of eleven triggers dead',
    x: 'changes a second',
    y: 'milliseconds',
    range: [10, LONGEST_MS],
    limit: { at: GOOD_MS, name: 'one second' },
    curves: [
      curve('p50, defaults', defaults?.points ?? [], ({ p50 }) => p50),
      curve('p99, defaults', defaults?.points ?? [], ({ p99Calm }) => p99Calm),
      ...raised.map(({ name, points }) => curve(`p99, ${name}`, points, ({ p99Calm }) => p99Calm)),
    ],
  });
}

function quotaChart(points: readonly Point[]): string {
  const share = (name: string, of: (point: Point) => number, limit: number) => ({
    name,
    points: points.map((point) => [point.perSecond, (100 * of(point)) / limit] as const),
  });
  return chart({
    title: 'How much of each limit is used, with the defaults',
    x: 'changes a second',
    y: 'percent of the limit',
    range: [0.1, 1_000],
    limit: { at: 100, name: 'the limit' },
    curves: [
      share('deliver functions, of 100', (point) => point.functions, now.deliverConcurrency),
      share('backlog puts/s, of 1,000', ({ perSecond }) => perSecond * DEAD_SHARE, quotas.partitionWrites.limit),
      share('queued, of 120,000', ({ queued }) => queued, quotas.queued.limit),
      share('out of sight, of 120,000', ({ inFlight }) => inFlight, quotas.inFlight.limit),
      share('messages/s, of 70,000', ({ perSecond }) => perSecond, quotas.messages.limit),
    ],
  });
}
