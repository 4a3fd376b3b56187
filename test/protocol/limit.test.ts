import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { toMessage } from '../../functions/core/notification.ts';
import { SECOND, scripted, setUrl, TRIGGER } from '../model/scripted.ts';
import type { World } from '../model/world.ts';
import { notification, record } from '../support/records.ts';

mock.method(console, 'log', () => {});

const send = (world: World, n: number) => {
  const one = notification({ record: record(n), changedAt: world.clock.now(), formattedString: `?AccountID=a${n}` });
  world.queue.send({ MessageGroupId: one.record, MessageDeduplicationId: one.id, MessageBody: toMessage(one) });
};

/** The most calls within any second. */
function most(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + SECOND).length));
}

for (const [count, perSecond] of [
  [300, 5],
  [1_000, 50],
] as const)
  test(`${count} notifications at once are called ${perSecond} a second, in about the shortest time, and none is throttled`, () =>
    scripted(
      async ({ world, clock, pass }) => {
        await setUrl(world, TRIGGER);
        await world.triggers.writeSetting(TRIGGER, 'maxPerSecond', perSecond);
        const begun = clock.now();
        for (let n = 0; n < count; n++) send(world, n);
        const ideal = (count / perSecond) * SECOND;
        await pass(1.3 * ideal);
        const times = world.deliveries.map(({ at }) => at);
        assert.equal(new Set(world.deliveries.map(({ id }) => id)).size, count);
        console.info(
          `${count} at ${perSecond}/s: ${(Math.max(...times) - begun) / SECOND} s, ideal ${ideal / SECOND} s`,
        );
        // A call can be on its way for some time, so one more can arrive within a second.
        assert.ok(most(times) <= perSecond + Math.max(1, 0.1 * perSecond), `${most(times)} in a second`);
        assert.equal(times.length, count, 'nothing is called twice');
        await pass(120 * SECOND);
        assert.equal(world.state(TRIGGER), 'active');
      },
      { workers: 20 },
    ));

test('below the limit a notification waits at most 2 seconds, and the trigger stays active', () =>
  scripted(async ({ world, clock, pass }) => {
    await setUrl(world, TRIGGER);
    await world.triggers.writeSetting(TRIGGER, 'maxPerSecond', 5);
    const sent = new Map<string, number>();
    for (let n = 0; n < 120; n++) {
      sent.set(`?AccountID=a${n}`, clock.now());
      send(world, n);
      // Four a second, each two at the same time.
      await pass(n % 2 === 0 ? 0 : 0.5 * SECOND);
    }
    await pass(10 * SECOND);
    const waits = world.deliveries.map(({ at, formattedString }) => at - (sent.get(formattedString) ?? 0));
    assert.equal(waits.length, 120);
    assert.ok(Math.max(...waits) <= 2 * SECOND, `${Math.max(...waits)} ms`);
    assert.equal(world.watch.moves, 0);
  }));

test('the edits of one record keep their order at a limit of one call in two seconds', () =>
  scripted(async ({ world, pass }) => {
    await setUrl(world, TRIGGER);
    await world.triggers.writeSetting(TRIGGER, 'maxPerSecond', 0.5);
    for (let n = 0; n < 20; n++) send(world, n % 2);
    await pass(120 * SECOND);
    assert.equal(world.deliveries.length, 20);
    for (const lane of Map.groupBy(world.deliveries, ({ formattedString }) => formattedString).values())
      assert.deepEqual(
        lane.map(({ sequence }) => sequence),
        lane.map(({ sequence }) => sequence).toSorted((a, b) => Number(a - b)),
      );
    assert.ok(most(world.deliveries.map(({ at }) => at)) <= 1);
  }));

test('a new limit applies at once, also in a drain', () =>
  scripted(async ({ world, clock, pass }) => {
    await setUrl(world, TRIGGER);
    await world.triggers.writeSetting(TRIGGER, 'maxPerSecond', 0.1);
    for (let n = 0; n < 40; n++) send(world, n);
    await pass(20 * SECOND);
    assert.ok(world.deliveries.length <= 4, `${world.deliveries.length} in 20 s`);
    await world.triggers.writeSetting(TRIGGER, 'maxPerSecond', 10);
    const changed = clock.now();
    await clock.until(() => world.deliveries.length === 40, changed + 60 * SECOND);
    assert.ok(clock.now() - changed <= 15 * SECOND, `${clock.now() - changed} ms`);
  }));
