import { notificationId } from '../../../functions/core/notification.ts';
import { Chance } from '../../model/chance.ts';
import { Clock } from '../../model/clock.ts';
import { noFaults } from '../../model/network.ts';
import { World } from '../../model/world.ts';
import { drawer, type Load, type System, zipf } from './load.ts';
import { Simulation } from './simulation.ts';
import type { Course } from './simulation-course.ts';

const actions = [
  { verb: 'edit', event: 'MODIFY' },
  { verb: 'create', event: 'INSERT' },
  { verb: 'delete', event: 'REMOVE' },
] as const;

const HANGS_MS = 60_000;

/** A load for both: three triggers of one table, and the receiver of edits does not respond. */
export const comparable: Load = {
  perSecond: 20,
  seconds: 60,
  weights: [6, 3, 1],
  records: 10_000,
  skew: 0.8,
  responseMs: 100,
};

/** The event source mappings of test/model/world.ts. */
const asInTheModel: System = {
  workers: 100,
  shards: 1,
  captureBatch: (chance) => 1 + Math.floor(chance.between(0, 20)),
  captureWindowMs: 0,
  deliverBatch: 10,
  pauseMs: [10, 200],
  backlogPartitions: 1,
};

/** The results of one run: when the trigger was parked, and the delay of each healthy change. Milliseconds since the start. */
export type Found = Pick<Course, 'openedAt'> & { readonly delays: readonly Omit<Course['delays'][number], 'record'>[] };

export function simulated(load: Load, seed: number): Found {
  return new Simulation(load, asInTheModel, seed).run();
}

/** The same load on the real capture, deliver and drain, over the models of test/model/. */
export async function played(load: Load, seed: number): Promise<Found> {
  const { log } = console;
  console.log = () => {};
  try {
    return await playSilently(load, seed);
  } finally {
    console.log = log;
  }
}

async function playSilently(load: Load, seed: number): Promise<Found> {
  const { perSecond, seconds, weights, records, skew, responseMs } = load;
  const clock = new Clock();
  const start = clock.now();
  const response = { status: 200, body: '' };
  const world = new World({
    clock,
    seed,
    faults: noFaults,
    workers: asInTheModel.workers,
    receivers: {
      behavior: ({ trigger }) => ({ response, ms: trigger === 'customer.edit' ? HANGS_MS : responseMs }),
    },
  });
  for (const { verb } of actions) await world.triggers.writeUrl(`customer.${verb}`, 'https://receiver.example/', start);
  const chance = new Chance(seed);
  const action = drawer(weights, chance);
  const record = drawer(zipf(records, skew), chance);
  const changed = new Map<string, number>();
  let openedAt = Number.POSITIVE_INFINITY;
  const isOpen = () => world.state('customer.edit') !== 'active';
  let at = 0;
  while (at < seconds * 1000) {
    if (!Number.isFinite(openedAt) && (await clock.until(isOpen, start + at))) openedAt = clock.now() - start;
    await clock.until(() => false, start + at);
    const { verb, event } = actions[action()] ?? actions[0];
    const { eventID = '' } = world.change(event, `a${record()}`);
    changed.set(notificationId(eventID, `customer.${verb}`), clock.now());
    at += (-Math.log(1 - chance.random()) * 1000) / perSecond;
  }
  await clock.until(() => false, start + (seconds + 10) * 1000);
  world.stop();
  const healthy = world.deliveries.filter(({ trigger }) => trigger !== 'customer.edit');
  const delays = healthy.map((delivery) => {
    const changedAt = changed.get(delivery.id) ?? 0;
    return { changedAt: changedAt - start, ms: delivery.at - changedAt };
  });
  return { openedAt, delays };
}
