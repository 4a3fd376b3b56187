import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { until } from '../../support/emulator.ts';
import type { Figures } from '../figures.ts';
import { changes } from '../requests/changes.ts';
import { burst, countFunctions } from '../requests/on-emulator.ts';
import { type Pipeline, startPipeline } from '../requests/pipeline.ts';
import { percentile } from '../scale/load.ts';
import { type Way, ways } from './way.ts';

const PER_SECOND = 20;

/** The parts of the time from change to call, and which component spends each. */
const parts: readonly { readonly what: string; readonly whose: string; of(way: Way): number }[] = [
  { what: 'the table accepts the write', whose: 'emulator', of: (w) => w.inTable - w.written },
  { what: 'stream, start of capture, run of capture', whose: 'emulator, and capture', of: (w) => w.sent - w.inTable },
  { what: 'the queue accepts the message', whose: 'emulator', of: (w) => w.queued - w.sent },
  { what: 'queue, start of deliver', whose: 'emulator', of: (w) => w.begun - w.queued },
  { what: 'the triggers are read', whose: 'emulator', of: (w) => w.known - w.begun },
  { what: 'signed and called', whose: 'deliver', of: (w) => w.called - w.known },
];

const whole = (way: Way): number => way.called - way.written;

/** Measures the time from a change to its call on the emulator, and the share of the emulator. */
export async function endToEnd(quick: boolean): Promise<Figures> {
  await using pipeline = await startPipeline();
  const undo = await countFunctions(pipeline);
  const found = await steadily(pipeline, quick ? 40 : 600);
  await undo();
  const count = quick ? 100 : 1_000;
  const before = pipeline.calls.length;
  await burst(pipeline, count);
  const [first, last] = [pipeline.calls[before], pipeline.calls.at(-1)];
  const perSecond = (count * 1000) / ((last?.at ?? 0) - (first?.at ?? 0));
  const total = median(found, whole);
  const row = (what: string, whose: string, of: (way: Way) => number) => ({
    part: what,
    'spent by': whose,
    'p50, ms': Math.round(median(found, of)),
    'p99, ms': Math.round(percentile(sorted(found, of), 0.99)),
    'share of the means': `${Math.round((100 * mean(found, of)) / mean(found, whole))} %`,
  });
  const ours = parts.filter(({ whose }) => whose === 'deliver');
  return {
    ratios: [
      {
        what: 'share of the time from change to call that is not certainly the emulator’s',
        value: mean(found, (way) => ours.reduce((sum, { of }) => sum + of(way), 0)) / mean(found, whole),
        better: 'less',
        isOfTheMachine: true,
      },
    ],
    tables: [
      {
        title: `From a change to its call on the emulator, ${PER_SECOND} changes a second, ${found.length} changes`,
        rows: [...parts.map(({ what, whose, of }) => row(what, whose, of)), row('all', '', whole)],
      },
      {
        title: 'A burst on the emulator, which handles one batch after another',
        rows: [{ changes: count, 'calls a second': Math.round(perSecond), 'p50 alone, ms': Math.round(total) }],
      },
    ],
  };
}

async function steadily(pipeline: Pipeline, count: number): Promise<Way[]> {
  const dynamodb = new DynamoDBClient();
  const written = new Map<string, Pick<Way, 'written' | 'inTable'>>();
  const before = pipeline.calls.length;
  await pipeline.measure(async () => {
    const start = performance.now();
    const writes = changes('case', count, () => 0).map(async ({ dynamodb: change }, i) => {
      await sleep(Math.max(0, start + (i * 1000) / PER_SECOND - performance.now()));
      const Item = change?.NewImage as Record<'AccountID' | 'CaseID', { S: string }>;
      const at = Date.now();
      await dynamodb.send(new PutItemCommand({ TableName: pipeline.outputs.CaseTable, Item }));
      written.set(`?AccountID=${Item.AccountID.S}&CaseID=${Item.CaseID.S}`, { written: at, inTable: Date.now() });
    });
    await Promise.all(writes);
    await until('each was called', () => pipeline.calls.length - before >= count);
    return count;
  });
  const called = new Map(pipeline.calls.slice(before).map(({ target, at }) => [target.slice(target.indexOf('?')), at]));
  return ways(written, pipeline.exchanges(), called, Date.now() - performance.now());
}

const sorted = (found: readonly Way[], of: (way: Way) => number): number[] => found.map(of).sort((a, b) => a - b);

const median = (found: readonly Way[], of: (way: Way) => number): number => percentile(sorted(found, of), 0.5);

const mean = (found: readonly Way[], of: (way: Way) => number): number =>
  found.reduce((sum, way) => sum + of(way), 0) / found.length;
