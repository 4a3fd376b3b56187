import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured, Measurements } from '../../../cli/cost/measured.ts';
import { entityNames } from '../../../functions/core/entity.ts';
import { until } from '../../support/emulator.ts';
import { changes } from './changes.ts';
import type { Pipeline } from './pipeline.ts';

const DEAD = 'case.edit';

const SLOW_ANSWER_MS = 100;

/** More is always waiting than a batch takes: full batches of capture, full batches of deliver. */
export function busy(pipeline: Pipeline, count: number): Promise<Measured> {
  return pipeline.measure(async () => {
    const before = pipeline.calls.length;
    const rounds = Math.ceil(count / (entityNames.length * pipeline.captureBatch));
    for (let round = 0; round < rounds; round++) {
      for (const entity of entityNames) await pipeline.capture(entity, changes(entity, pipeline.captureBatch));
      await pipeline.deliver();
    }
    return pipeline.calls.length - before;
  });
}

/** Longer than anything is remembered. */
const QUIET_MS = 10_000;

/** Now and then a change, and nothing beside it. */
export function trickle(pipeline: Pipeline, count: number): Promise<Measured> {
  return pipeline.measure(async () => {
    const before = pipeline.calls.length;
    for (let i = 0; i < count; i++) {
      pipeline.pass(QUIET_MS);
      const entity = entityNames[i % entityNames.length] ?? 'case';
      await pipeline.capture(
        entity,
        changes(entity, 1, () => i % 3),
      );
      await pipeline.deliver();
    }
    return pipeline.calls.length - before;
  });
}

/** One run of drain. */
export function minute(pipeline: Pipeline): Promise<Measured> {
  return pipeline.measure(async () => {
    await pipeline.drain();
    return 0;
  });
}

/** A receiver is down while many changes come, and returns: all that one outage takes, and one minute of it. */
export async function dead(
  pipeline: Pipeline,
  count: number,
): Promise<Pick<Measurements, 'parked' | 'dead' | 'deadMinute'>> {
  const { deps } = pipeline;
  pipeline.setDead(true);
  const parked = await pipeline.measure(async () => {
    await pipeline.capture(
      'case',
      changes('case', count, () => 1),
    );
    await until('all are parked', async () => {
      if ((await pipeline.deliver()) === 0) await sleep(200);
      return (await deps.backlog.count(DEAD, 'parked')) === count;
    });
    return count;
  });
  const deadMinute = await minute(pipeline);
  pipeline.setDead(false);
  // As with all records that drain works off side by side.
  pipeline.respondIn(SLOW_ANSWER_MS);
  const url = (await deps.triggersTable.read([DEAD])).get(DEAD)?.url;
  // Entered anew, its probe is due.
  await deps.triggersTable.writeUrl(DEAD, url, Date.now());
  const delivered = await pipeline.measure(async () => {
    await until('all is delivered', async () => {
      await pipeline.drain();
      return (await pipeline.state(DEAD)) === 'active';
    });
    return 0;
  });
  return { parked: withoutBacklog(parked), dead: withoutBacklog(add(parked, delivered) as Measured), deadMinute };
}

/** Parked items stay until the receiver works again, not until their time to live ends. */
function withoutBacklog(measured: Measured): Measured {
  const { Backlog: _, ...byteMonths } = measured.byteMonths;
  return { ...measured, byteMonths };
}

/** Adds numbers by their names, however deep. */
function add(a: object, b: object): object {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const one = (x: unknown, y: unknown) =>
    typeof x === 'object' || typeof y === 'object' ? add(Object(x), Object(y)) : Number(x ?? 0) + Number(y ?? 0);
  return Object.fromEntries([...names].map((name) => [name, one(Reflect.get(a, name), Reflect.get(b, name))]));
}
