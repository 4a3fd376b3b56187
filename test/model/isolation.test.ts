import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SLOW_MS } from '../../functions/core/breaker.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { toMessage } from '../../functions/core/notification.ts';
import { notification } from '../support/records.ts';
import { noFaults } from './network.ts';
import { World } from './world.ts';

mock.method(console, 'log', () => {});

const SECONDS = 40;
const PER_SECOND = 100;
/** Deliver functions at once: the default of the setting `deliverConcurrency`. */
const WORKERS = 100;

/**
 * A healthy trigger gets 100 notifications a second, and so does its neighbour, in virtual time; the queue, Lambda's
 * pollers and the tables are the models beside this file.
 *
 * @returns How long the healthy one's waited, milliseconds, by the second in which they came; and when the other parked.
 */
async function waits(neighbour: 'none' | 'hangs' | 'refuses') {
  const world: World = new World({
    seed: 7,
    faults: noFaults,
    workers: WORKERS,
    behaviour: ({ trigger }) => {
      if (trigger === 'customer.edit') return { answer: { status: 200, body: '' }, ms: 20 };
      return neighbour === 'hangs'
        ? { answer: { failure: '' }, ms: 60_000 }
        : { answer: { status: 503, body: '' }, ms: 20 };
    },
  });
  const start = world.clock.now();
  const sent = new Map<string, number>();
  const send = (trigger: Trigger, n: number) => {
    const record = `${n}${trigger}`.replace(/[^\da-f]/g, '').padStart(64, '0');
    const one = notification({ trigger, record, changedAt: world.clock.now() });
    sent.set(one.id, world.clock.now());
    world.queue.send({ MessageGroupId: record, MessageDeduplicationId: one.id, MessageBody: toMessage(one) });
  };
  for (const trigger of ['customer.edit', 'task.edit'] as const)
    await world.triggers.writeUrl(trigger, `https://x/${trigger}`);
  let parkedAfter = Number.POSITIVE_INFINITY;
  for (let n = 0; n < SECONDS * PER_SECOND; n++) {
    await world.clock.until(() => false, start + (n * 1000) / PER_SECOND);
    send('customer.edit', n);
    if (neighbour !== 'none') send('task.edit', n);
    if (world.triggers.items.get('task.edit')?.state === 'parked')
      parkedAfter = Math.min(parkedAfter, world.clock.now() - start);
  }
  await world.clock.until(() => false, world.clock.now() + 30_000);
  const healthy = world.deliveries.filter(({ trigger }) => trigger === 'customer.edit');
  assert.equal(healthy.length, SECONDS * PER_SECOND, 'each arrives once');
  const came = ({ id }: { id: string }) => sent.get(id) ?? 0;
  return {
    parkedAfter,
    /** The 99th percentile of those that came from this second on. */
    p99(fromMs: number) {
      const later = healthy.filter((d) => came(d) - start >= fromMs).map((d) => d.at - came(d));
      return later.sort((a, b) => a - b)[Math.floor(later.length * 0.99)] ?? 0;
    },
  };
}

for (const neighbour of ['hangs', 'refuses'] as const)
  test(`a neighbour that ${neighbour} is parked within 15 s, and then delays nobody`, async (t) => {
    const alone = await waits('none');
    const beside = await waits(neighbour);
    assert.ok(beside.parkedAfter <= 15_000, `parked after ${beside.parkedAfter} ms`);
    // Attempts that had begun before are cut off when they have lasted this long.
    const from = beside.parkedAfter + SLOW_MS;
    const [a, b, all] = [alone.p99(from), beside.p99(from), beside.p99(beside.parkedAfter)];
    t.diagnostic(`parked after ${beside.parkedAfter} ms; p99 alone ${a.toFixed(0)} ms, beside it ${b.toFixed(0)} ms`);
    t.diagnostic(`p99 from the very moment of parking ${all.toFixed(0)} ms`);
    assert.ok(b <= 2 * a, `p99 ${b} ms beside it, ${a} ms alone`);
  });
