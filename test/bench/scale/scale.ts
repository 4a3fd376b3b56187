import { deployed } from '../../../cli/cost/deployed.ts';
import type { Figures, Table } from '../figures.ts';
import { delayChart, quotaChart } from './charts.ts';
import { LEAST_SHARDS, type Point, pointAt, type Variant } from './course.ts';
import { limits } from './limits.ts';
import { quotas } from './quotas.ts';
import { validation } from './validation.ts';

const RATES = [10, 30, 100, 300, 1_000, 2_000, 3_000, 5_000, 7_000, 10_000];
const QUICK_RATES = [10, 300];

/** Above these rates batches are full without a window. */
const WINDOW_RATES = [1, 10, 30, 100, 300, 1_000];
const WINDOWS = [0, 1, 5];

/** The highest acceptable delay. */
const GOOD_MS = 1_000;

const now = deployed();

/** Deliver may use all but a hundred concurrent executions of the account. */
const raised = {
  deliverConcurrency: quotas.functions.limit - 100,
  captureParallelization: 10,
  captureWindowSeconds: now.captureWindowSeconds,
};

const variants: readonly Variant[] = [
  { ...now, name: 'defaults', backlogPartitions: 1 },
  { ...raised, name: 'settings raised', backlogPartitions: 1 },
  { ...raised, name: 'raised, backlog split in 8', backlogPartitions: 8 },
];

/** Measures delays, functions and queues by changes per second, while one of eleven triggers is down. */
export async function scale(quick: boolean): Promise<Figures> {
  const compared = await validation(quick ? [1] : undefined);
  const found = variants.map((variant) => ({
    name: variant.name,
    points: (quick ? QUICK_RATES : RATES).map((rate) => pointAt(rate, variant, 1)),
  }));
  const [defaults] = found;
  const windows = (quick ? QUICK_RATES : WINDOW_RATES).flatMap((rate) =>
    (quick ? [0, 1] : WINDOWS).map((captureWindowSeconds) => ({
      captureWindowSeconds,
      ...pointAt(rate, { ...now, name: '', captureWindowSeconds, backlogPartitions: 1 }, 1),
    })),
  );
  const reach = ({ points }: { readonly points: readonly Point[] }) => {
    const bad = points.findIndex(({ p99Calm }) => p99Calm > GOOD_MS);
    return points.at(bad === -1 ? -1 : Math.max(0, bad - 1))?.perSecond ?? 0;
  };
  return {
    ratios: [
      ...compared.map(({ what, full, simulated }) => ({
        what: `${what}, simulated and real functions: the greater divided by the lesser`,
        value: Math.max(simulated / full, full / simulated),
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
      { title: 'The simulation and the real functions in virtual time', rows: compared.map(milliseconds) },
      ...found.map(({ name, points }) => ({ title: `By changes a second: ${name}`, rows: points.map(row) })),
      { title: 'By batch window: default settings except captureWindowSeconds', rows: windows.map(windowRow) },
      { title: 'Limits by rate', rows: limits(defaults?.points ?? [], now) },
      { title: 'The limits', rows: Object.values(quotas).map(({ limit, what, source }) => ({ limit, what, source })) },
    ],
    files: {
      'cli/cost/batches.json': batchesFile(windows),
      'docs/scale-delay.svg': delayChart(found, GOOD_MS),
      'docs/scale-quotas.svg': quotaChart(defaults?.points ?? [], now),
    },
  };
}

function milliseconds({ what, full, simulated }: { what: string; full: number; simulated: number }) {
  return { what, 'real functions, ms': Math.round(full), 'simulated, ms': Math.round(simulated) };
}

/** The delay of changes that did not arrive within the run is a minimum. */
const shown = (ms: number): string => (Number.isFinite(ms) ? Math.round(ms).toLocaleString('en') : 'never caught up');

type Windowed = Point & { readonly captureWindowSeconds: number };

function windowRow(point: Windowed): Table['rows'][number] {
  return {
    'changes/s': point.perSecond,
    'window, s': point.captureWindowSeconds,
    'healthy p50, ms': shown(point.p50),
    'p99 without hot records': shown(point.p99Calm),
    'changes per batch of capture': point.captureBatch,
    'messages per batch of deliver': point.batch,
    'SQS requests per change': point.sqsRequests,
  };
}

/** The batch sizes by rate and window, for the cost model. */
function batchesFile(windows: readonly Windowed[]): string {
  const round = (number: number) => Number(number.toFixed(2));
  const batches = windows.map(({ perSecond, captureWindowSeconds, captureBatch, batch, p50 }) => ({
    changesPerSecond: perSecond,
    windowSeconds: captureWindowSeconds,
    captureBatch: round(captureBatch),
    deliverBatch: round(batch),
    medianMs: Math.round(p50),
  }));
  return `${JSON.stringify({ shardsPerTable: LEAST_SHARDS, batches }, null, 2)}\n`;
}

function row(point: Point): Table['rows'][number] {
  return {
    'changes/s': point.perSecond,
    'healthy p50, ms': shown(point.p50),
    p99: shown(point.p99),
    'p99 without hot records': shown(point.p99Calm),
    functions: Math.round(point.functions),
    'handled/s': Math.round(point.handledPerSecond),
    batch: point.batch,
    'SQS requests per change': point.sqsRequests,
    'maximum queued': point.queued,
    'maximum in flight': point.inFlight,
    'left in streams': point.streamed,
    'parked/s': Math.round(point.parkedPerSecond),
  };
}
