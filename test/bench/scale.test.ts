import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from '../model/chance.ts';
import { chart } from './scale/chart.ts';
import { Heap } from './scale/heap.ts';
import { drawer, type Load, percentile, type System, zipf } from './scale/load.ts';
import { quotas } from './scale/quotas.ts';
import { Simulation } from './scale/simulation.ts';

const load: Load = { perSecond: 80, seconds: 20, weights: [2, 5, 3], records: 500, skew: 0.8, responseMs: 50 };
const system: System = {
  workers: 30,
  shards: 2,
  captureBatch: () => 100,
  captureWindowMs: 0,
  deliverBatch: 10,
  pauseMs: [10, 40],
  backlogPartitions: 1,
};

test('makes one call per healthy change, in order per record, within the limit of functions', () => {
  const { delays, healthy, seconds } = new Simulation(load, system, 3).run();
  assert.equal(delays.length, healthy.length);
  for (const one of Map.groupBy(delays, ({ record }) => record).values()) {
    const times = one.map(({ changedAt }) => changedAt);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  }
  for (const { busy, inFlight, queued } of seconds) {
    assert.ok(busy >= 0 && busy <= system.workers, `${busy} functions`);
    assert.ok(inFlight <= queued, `${inFlight} out of sight of ${queued}`);
  }
});

test('a batch window fills the batches of capture and deliver, and delays a change by at most the window', () => {
  const calm = { ...load, weights: [0, 5, 3], records: 1e6, skew: 0 };
  const found = (captureWindowMs: number) => {
    const { delays, healthy, captures, batches } = new Simulation(calm, { ...system, captureWindowMs }, 3).run();
    assert.equal(delays.length, healthy.length);
    const sorted = delays.map(({ ms }) => ms).sort((a, b) => a - b);
    return { captured: healthy.length / captures, delivered: healthy.length / batches, longest: sorted.at(-1) ?? 0 };
  };
  const [immediate, waiting] = [found(0), found(1_000)];
  assert.ok(
    waiting.captured > 3 * immediate.captured,
    `${immediate.captured} and ${waiting.captured} a run of capture`,
  );
  assert.ok(waiting.delivered > 2 * immediate.delivered, `${immediate.delivered} and ${waiting.delivered} a batch`);
  assert.ok(waiting.longest > 1_000 && waiting.longest < immediate.longest + 1_100, `${waiting.longest} ms`);
});

test('a full batch does not wait for the end of its window', () => {
  const flood = { ...load, perSecond: 800, weights: [0, 1], records: 1e6, skew: 0 };
  const { delays } = new Simulation(flood, { ...system, captureWindowMs: 60_000 }, 3).run();
  // Two shards of 400 changes a second fill a batch of 100 in a quarter of a second.
  assert.ok(delays.length > 0.9 * flood.perSecond * flood.seconds, `${delays.length} calls`);
});

test('a trigger that hangs is parked soon after its responses are slow, and then delays no other trigger', () => {
  // Records of its own, so that nothing healthy stands behind what hangs.
  const { delays, openedAt } = new Simulation({ ...load, records: 1e6, skew: 0 }, system, 3).run();
  assert.ok(openedAt > 5_000 && openedAt < 15_000, `${openedAt} ms`);
  const after = delays.flatMap(({ changedAt, ms }) => (changedAt > openedAt + 5_000 ? [ms] : []));
  assert.ok(
    percentile(
      after.toSorted((a, b) => a - b),
      0.99,
    ) < 1_000,
  );
});

test('the backlog of one trigger accepts as much as one partition; above that, healthy triggers are delayed', () => {
  const flood = { ...load, perSecond: 3_000, seconds: 12, weights: [1, 1], records: 1e5, skew: 0 };
  const many = { ...system, workers: 300, shards: 40 };
  const p50 = (backlogPartitions: number) => {
    const { delays, seconds } = new Simulation(flood, { ...many, backlogPartitions }, 1).run();
    const [before, last] = [seconds.at(-4), seconds.at(-1)];
    const parkedPerSecond = ((last?.parked ?? 0) - (before?.parked ?? 0)) / 3;
    assert.ok(
      parkedPerSecond <= 1.05 * quotas.partitionWrites.limit * backlogPartitions,
      `${parkedPerSecond} a second`,
    );
    const late = delays.flatMap(({ changedAt, ms }) => (changedAt > 9_000 ? [ms] : []));
    return percentile(
      late.toSorted((a, b) => a - b),
      0.5,
    );
  };
  assert.ok(p50(1) > 10 * p50(8));
});

test('draws by weight in proportion to the weights, and a heap returns the lowest key first', () => {
  const draw = drawer([1, 0, 3], new Chance(1));
  const drawn = Array.from({ length: 4_000 }, draw);
  const share = drawn.filter((index) => index === 2).length / drawn.length;
  assert.ok(!drawn.includes(1) && Math.abs(share - 0.75) < 0.03, `${share}`);
  assert.ok((zipf(3, 1)[2] ?? 0) === 1 / 3);
  const heap = new Heap<string>();
  for (const key of [5, 1, 4, 1, 3]) heap.push(key, `${key}`);
  assert.deepEqual(
    Array.from({ length: 5 }, () => heap.pop()?.key),
    [1, 1, 3, 4, 5],
  );
});

test('the curves of a chart differ without color, and values outside the scale are at its edge', () => {
  const points = [
    [10, 1],
    [1000, Number.POSITIVE_INFINITY],
  ] as const;
  const svg = chart({
    title: 'a < b',
    x: 'x',
    y: 'y',
    range: [1, 100],
    curves: ['one', 'two', 'three'].map((name) => ({ name, points })),
  });
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.equal(new Set([...svg.matchAll(/stroke-dasharray="(.*?)"/g)].map(([, dash]) => dash)).size, 3);
});
