import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured, Measurements } from '../../../cli/cost/measured.ts';
import { entityNames } from '../../../functions/core/entity.ts';
import { until } from '../../support/emulator.ts';
import { changes } from './changes.ts';
import type { Pipeline } from './pipeline.ts';

const DEAD = 'case.edit';

const SLOW_ANSWER_MS = 100;

/** More messages are pending than a batch takes, so all batches of capture and deliver are full. */
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

/** Longer than any cache of the functions. */
const QUIET_MS = 10_000;

/** Single changes, one after another. */
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

/** A receiver is down while many changes arrive, and recovers. Measures the whole outage and one minute of it. */
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
  // Drain attempts the records in parallel, and does so here.
  pipeline.respondIn(SLOW_ANSWER_MS);
  const url = (await deps.triggersTable.read([DEAD])).get(DEAD)?.url;
  // Setting the URL again makes the probe due.
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

/** Parked items are stored until the receiver recovers, not until their time to live ends. */
function withoutBacklog(measured: Measured): Measured {
  const { Backlog: _, ...byteMonths } = measured.byteMonths;
  return { ...measured, byteMonths };
}

/** Adds the numbers of nested objects by their names. */
function add(a: object, b: object): object {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const one = (x: unknown, y: unknown) =>
    typeof x === 'object' || typeof y === 'object' ? add(Object(x), Object(y)) : Number(x ?? 0) + Number(y ?? 0);
  return Object.fromEntries([...names].map((name) => [name, one(Reflect.get(a, name), Reflect.get(b, name))]));
}
