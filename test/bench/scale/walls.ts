import type { Deployed } from '../../../cli/cost/deployed.ts';
import type { Table } from '../figures.ts';
import { ANSWER_MS, DEAD_SHARE, type Point } from './course.ts';
import { quotas } from './quotas.ts';

/** How long a request to AWS takes in the simulation, on average. */
const REQUEST_MS = 16;

/** As in functions/adapters/delivery-log.ts. */
const LOG_SHARDS = 8;

/** The limits in changes per second, and how to raise each. */
export function walls(points: readonly Point[], now: Deployed): Table['rows'] {
  const first = (isFull: (point: Point) => boolean) =>
    points.find(isFull)?.perSecond ?? `beyond ${points.at(-1)?.perSecond}`;
  // Ten of a record make a batch, which reads and writes once for all.
  const oneLine = 1000 / (ANSWER_MS + 1.2 * REQUEST_MS);
  // A look at its trigger now and then, the call, and its item deleted.
  const drained = (now.drainConcurrency * 1000) / (ANSWER_MS + 3 * REQUEST_MS);
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
      wall: 'one trigger that drains while changes continue to come',
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
      raise: `deliverConcurrency (${now.deliverConcurrency}, up to 1,000); beyond, the account’s functions`,
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
      'changes/s': LOG_SHARDS * quotas.partitionWrites.limit * now.deliverBatch,
      raise: 'SHARDS in functions/adapters/delivery-log.ts',
    },
  ];
}
