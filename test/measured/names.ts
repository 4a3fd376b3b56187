import assert from 'node:assert/strict';
import { nameLookup } from '../../functions/adapters/name-lookup.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { until } from '../support/emulator.ts';
import { nameServer, type Zones } from '../support/name-server.ts';
import { receiver } from '../support/receiver.ts';
import { stretch } from '../support/stretch.ts';
import { unreachable } from '../support/unreachable.ts';
import {
  alone,
  assertArrived,
  FREED_MS,
  HEALTHY,
  idsOf,
  of,
  PER_SECOND,
  realWorld,
  SECONDS,
  say,
  steadily,
} from './receivers.ts';

/** Each neighbor gets this many notifications a second. */
const NEIGHBOR_PER_SECOND = PER_SECOND / 4;

/** Calls end after this time if the host name is not looked up or no address accepts. */
const CONNECT_MS = 3_000;

const neighbors: Readonly<Partial<Record<Trigger, { readonly host: string; readonly zone: Zones[string] }>>> = {
  'task.edit': { host: 'silent.example', zone: { silent: 'all' } },
  'case.edit': { host: 'servfail.example', zone: { code: 2, delayMs: 2_000 } },
  // The first does not respond, and all others reject connections.
  'followup.create': {
    host: 'many.example',
    zone: { addresses: Array.from({ length: 25 }, (_, i) => `127.0.0.${i + 2}`) },
  },
};

/**
 * Neighbors whose host names are in trouble are parked within 15 s. After that they delay no other trigger, though its own
 * name is looked up too. The healthy traffic alone calls an address: it would not notice look-ups that block each other.
 */
export async function names() {
  using deaf = await unreachable('127.0.0.2');
  const zones = Object.values(neighbors).map(({ host, zone }) => [host, zone]);
  await using server = await nameServer({
    ...Object.fromEntries(zones),
    'healthy.example': { addresses: ['127.0.0.1'] },
  });
  await using healthy = await receiver();
  const { world, type, send, state, p99 } = realWorld(nameLookup({ servers: [server.server] }));
  await type(HEALTHY, healthy.origin.replace('127.0.0.1', 'healthy.example'));
  const parkedAfter = new Map<Trigger, number>();
  for (const [trigger, { host }] of Object.entries(neighbors))
    await type(trigger as Trigger, `http://${host}:${deaf.port}/`);
  const endAlone = await alone();
  const stretched = stretch();
  const start = Date.now();
  await steadily(
    PER_SECOND,
    (n) => n < SECONDS * PER_SECOND,
    (n) => {
      send(of(HEALTHY, n, 1e6));
      for (const trigger of Object.keys(neighbors) as Trigger[]) {
        if (n % (PER_SECOND / NEIGHBOR_PER_SECOND) === 0) send(of(trigger, n, 1e6));
        if (state(trigger) === 'parked' && !parkedAfter.has(trigger)) parkedAfter.set(trigger, Date.now() - start);
      }
    },
  );
  await until('all arrive', () => idsOf(healthy.calls).size >= SECONDS * PER_SECOND);
  const factor = stretched();
  const opened = Math.max(...parkedAfter.values());
  const from = start + opened + FREED_MS;
  const p99Alone = (await endAlone())(from);
  world.stop();
  const beside = p99(healthy.calls, from);
  const each = [...parkedAfter].map(([trigger, ms]) => `${neighbors[trigger]?.host} after ${ms} ms`).join(', ');
  say(`parked: ${each}; ${server.queries.length} queries`);
  say(
    `healthy p99 alone ${p99Alone} ms, beside them ${beside} ms, over all ${p99(healthy.calls, 0)} ms; work took ${factor.toFixed(2)} times as long as on an idle machine`,
  );
  await assertArrived(world, healthy.calls, SECONDS * PER_SECOND);
  assert.equal(parkedAfter.size, Object.keys(neighbors).length, 'all are parked');
  assert.ok(CONNECT_MS + (opened - CONNECT_MS) / factor <= 15_000, `the last was parked after ${opened} ms`);
  assert.ok(beside <= 2 * p99Alone, `p99 ${beside} ms beside them, ${p99Alone} ms alone`);
}
