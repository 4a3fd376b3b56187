import type { Measured, Measurements } from '../../../cli/cost/measured.ts';
import type { Figures, Table } from '../figures.ts';
import { onEmulator } from './on-emulator.ts';
import { startPipeline } from './pipeline.ts';
import { busy, dead, minute, trickle } from './situations.ts';

/** Counts the requests and units per notification, with the real functions. */
export async function requests(quick: boolean): Promise<Figures> {
  await using pipeline = await startPipeline();
  const scale = quick ? 0.1 : 1;
  const emulated = 1_000 * scale;
  const there = await onEmulator(pipeline, emulated);
  await pipeline.takeOver();
  const idleMinute = await minute(pipeline);
  const full = await busy(pipeline, 10_000 * scale);
  const usedMetrics = pipeline.usedMetrics();
  const found = {
    idleMinute,
    busy: full,
    trickle: await trickle(pipeline, 300 * scale),
    ...(await dead(pipeline, 2_000 * scale)),
  };
  const measurements: Measurements = {
    day: new Date().toISOString().slice(0, 10),
    usedMetrics,
    ...found,
  };
  const situations = {
    busy: found.busy,
    'one by one': found.trickle,
    'down: parked': found.parked,
    'down: parked, then drained': found.dead,
  };
  return {
    ratios: [
      { what: 'billed SQS requests per notification, busy', value: sqs(found.busy), better: 'less', target: 0.35 },
      { what: 'write units per notification, busy', value: writes(found.busy), better: 'less', target: 0.2 },
    ],
    tables: [
      { title: 'Billed units per notification', rows: Object.entries(situations).map(([n, m]) => paid(n, m)) },
      { title: 'Requests per notification', rows: byAction(situations) },
      { title: 'The same on the emulator with the deployed stack', rows: besideEmulator(found.busy, there, emulated) },
      {
        title: 'Runs',
        rows: Object.entries(situations).flatMap(([name, { runs }]) =>
          Object.entries(runs)
            .filter(([, { invocations }]) => invocations > 0)
            .map(([stage, run]) => ({
              situation: name,
              function: stage,
              runs: run.invocations,
              'CPU ms per run': run.cpuMs / run.invocations,
              'waits for AWS': run.awsWaits / run.invocations,
              'waits for receivers': run.callWaits / run.invocations,
              'log bytes': run.logBytes / run.invocations,
            })),
        ),
      },
    ],
    files: { 'cli/cost/measured.json': `${JSON.stringify(measurements, null, 2)}\n` },
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

const sqs = ({ requests: all, notifications }: Measured): number =>
  sum(Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('SQS ')))) / notifications;

const writes = ({ writeUnits, notifications }: Measured): number => sum(writeUnits) / notifications;

function paid(situation: string, measured: Measured): Table['rows'][number] {
  return {
    situation,
    notifications: measured.notifications,
    'SQS requests': sqs(measured),
    'write units': writes(measured),
    'read units': sum(measured.readUnits) / measured.notifications,
    'bytes sent to its receiver': measured.bytesCalled / measured.notifications,
  };
}

function byAction(situations: Readonly<Record<string, Measured>>): Table['rows'] {
  const actions = [...new Set(Object.values(situations).flatMap(({ requests: all }) => Object.keys(all)))].sort();
  return actions.map((action) => ({
    action,
    ...Object.fromEntries(
      Object.entries(situations).map(([name, { requests: all, notifications }]) => [
        name,
        (all[action] ?? 0) / notifications,
      ]),
    ),
  }));
}

/** Lambda's own requests to the queue are not visible on the emulator. */
function besideEmulator(here: Measured, there: Readonly<Record<string, number>>, count: number): Table['rows'] {
  return Object.entries(there).map(([action, requested]) => ({
    action,
    'in processes, per notification': (here.requests[action] ?? 0) / here.notifications,
    'on the emulator': requested / count,
  }));
}
