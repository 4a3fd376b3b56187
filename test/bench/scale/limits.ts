import type { Deployed } from '../../../cli/cost/deployed.ts';
import type { Table } from '../figures.ts';
import { ANSWER_MS, DEAD_SHARE, type Point } from './course.ts';
import { quotas } from './quotas.ts';

/** The average duration of a request to AWS in the simulation. */
const REQUEST_MS = 16;

/** As in functions/adapters/delivery-log.ts. */
const LOG_SHARDS = 8;

/** The limits in changes per second, and how to raise each. */
export function limits(points: readonly Point[], now: Deployed): Table['rows'] {
  const first = (isFull: (point: Point) => boolean) =>
    points.find(isFull)?.perSecond ?? `beyond ${points.at(-1)?.perSecond}`;
  // Ten notifications of a record make a batch, which reads and writes once for all of them.
  const oneRecord = 1000 / (ANSWER_MS + 1.2 * REQUEST_MS);
  // An occasional read of the trigger, the call, and the delete of the item.
  const drained = (now.drainConcurrency * 1000) / (ANSWER_MS + 3 * REQUEST_MS);
  return [
    {
      limit: 'one record: its calls are made one after another',
      'changes/s': Math.round(oneRecord),
      raise: 'a faster receiver; no setting, because the order is promised',
    },
    {
      limit: 'one trigger that is down: its backlog is one hot partition above 1,000 puts a second',
      'changes/s': Math.round(quotas.partitionWrites.limit / DEAD_SHARE),
      raise: 'no setting; deliver waits for it, which also delays healthy triggers',
    },
    {
      limit: 'one trigger that drains while new changes arrive',
      'changes/s': Math.round(drained / DEAD_SHARE),
      raise: `drainConcurrency (${now.drainConcurrency}, up to 500)`,
    },
    {
      limit: 'one stream shard: batches of 100, one after another',
      'changes/s': quotas.shardRecords.limit,
      raise: `captureParallelization (${now.captureParallelization}, up to 10)`,
    },
    {
      limit: 'deliver: all its functions are busy',
      'changes/s': first(({ functions }) => functions > 0.9 * now.deliverConcurrency),
      raise: `deliverConcurrency (${now.deliverConcurrency}, up to 1,000); then the account’s concurrency limit`,
    },
    {
      limit: 'the queue: 120,000 messages pending',
      'changes/s': first(({ queued }) => queued > quotas.queued.limit),
      raise: 'deliverConcurrency; SQS does not search beyond these messages',
    },
    {
      limit: 'the queue: messages a second in batches of ten',
      'changes/s': quotas.messages.limit,
      raise: 'the quota of the queue; group IDs are hashed, so its partitions (3,000 each) share the load evenly',
    },
    {
      limit: 'the delivery log: eight shards of 1,000 units a second, one unit per batch',
      'changes/s': LOG_SHARDS * quotas.partitionWrites.limit * now.deliverBatch,
      raise: 'SHARDS in functions/adapters/delivery-log.ts',
    },
  ];
}
