import assert from 'node:assert/strict';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Cases } from './conformance.ts';
import { type Harness, itemsOf, type Stores } from './harness.ts';

const T: Trigger = 'customer.edit';

const now = async ({ triggers }: Stores) => (await triggers.read([T])).get(T) ?? assert.fail();

/** Writes an attribute of the trigger's item as a value of DynamoDB. */
async function writeRaw({ client, names }: Harness, name: string, value: { S: string } | { N: string }): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: names.triggers,
      Key: { trigger: { S: T } },
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

export const settingCases: Cases = {
  'sets and removes the limit and the merging of a trigger, and changes nothing else of it': async (stores) => {
    const { triggers } = stores;
    await triggers.writeUrl(T, 'https://one/', 1_000);
    await triggers.countFailure(T, 5);
    await triggers.move(T, 'park', { probeAt: 9, throttledAt: 8, parkedBecause: 'HTTP 429' });
    await triggers.lease(T, 500, 100);
    const before = await now(stores);
    assert.deepEqual([before.maxPerSecond, before.coalesce], [undefined, undefined]);
    await triggers.writeSetting(T, 'maxPerSecond', 0.5);
    await triggers.writeSetting(T, 'coalesce', true);
    assert.deepEqual(await now(stores), { ...before, maxPerSecond: 0.5, coalesce: true });
    assert.equal(await triggers.lease(T, 900, 499), false, 'the lease stays');
    await triggers.writeSetting(T, 'maxPerSecond', undefined);
    await triggers.writeSetting(T, 'coalesce', undefined);
    assert.deepEqual({ ...(await now(stores)) }, { ...before });
  },

  'keeps the settings when the URL is cleared and set again': async (stores) => {
    const { triggers } = stores;
    await triggers.writeSetting(T, 'maxPerSecond', 5);
    assert.equal((await triggers.withUrl([T])).size, 0, 'a setting alone is no URL');
    assert.equal(await triggers.writeUrl(T, 'https://one/', 1, 0), true);
    await triggers.writeUrl(T, undefined, 2, 1);
    await triggers.writeSetting(T, 'coalesce', true);
    await triggers.writeUrl(T, 'https://two/', 3, 2);
    const { maxPerSecond, coalesce, urlVersion, state } = await now(stores);
    assert.deepEqual([maxPerSecond, coalesce, urlVersion, state], [5, true, 3, 'active']);
    const shown = (await triggers.readShown([T])).get(T);
    assert.deepEqual([shown?.maxPerSecond, shown?.coalesce], [5, true], 'without the permission to read URLs');
  },

  'takes a stored setting of another type, or a limit that is not positive, as absent': async (stores, harness) => {
    await stores.triggers.writeUrl(T, 'https://one/', 1);
    for (const wrong of [{ S: '5' }, { N: '0' }, { N: '-1' }]) {
      await writeRaw(harness, 'maxPerSecond', wrong);
      await writeRaw(harness, 'coalesce', wrong);
      const { url, maxPerSecond, coalesce } = await now(stores);
      assert.deepEqual([url, maxPerSecond, coalesce], ['https://one/', undefined, undefined]);
    }
  },

  'stores the limit as a number and the merging as a boolean': async ({ triggers }, harness) => {
    await triggers.writeSetting(T, 'maxPerSecond', 0.5);
    await triggers.writeSetting(T, 'coalesce', true);
    const [item] = await itemsOf(harness, 'triggers');
    assert.deepEqual([item?.maxPerSecond, item?.coalesce], [{ N: '0.5' }, { BOOL: true }]);
  },

  'reserves calls of a trigger with a limit, one after another, and none later than the latest time': async ({
    triggers,
  }) => {
    const take = (at: number, known?: number) =>
      triggers.takeSlot(T, { spacingMs: 200, now: at, latest: at + 500, known });
    assert.equal(await take(1_000), 1_000, 'the first is free');
    assert.equal(await take(1_000), 1_200);
    assert.equal(await take(1_000, 1_400), 1_400, 'with the time that was read');
    assert.equal(await take(1_000, 1_200), undefined, 'the next one is too late, although an earlier time was read');
    assert.equal(await take(1_150, 1_600), 1_600);
    assert.equal(await take(5_000, 1_800), 5_000, 'time that was not used is lost');
  },

  'reserves each call once for functions at the same time': async ({ triggers }) => {
    const taken = await Promise.all(
      Array.from({ length: 4 }, () => triggers.takeSlot(T, { spacingMs: 100, now: 1_000, latest: 1_900 })),
    );
    assert.deepEqual(taken.toSorted(), [1_000, 1_100, 1_200, 1_300].slice(0, taken.length));
  },

  'forgets the reserved calls when the limit changes': async ({ triggers }) => {
    assert.equal(await triggers.takeSlot(T, { spacingMs: 60_000, now: 1_000, latest: 2_000 }), 1_000);
    assert.equal(await triggers.takeSlot(T, { spacingMs: 60_000, now: 1_000, latest: 2_000 }), undefined);
    await triggers.writeSetting(T, 'maxPerSecond', 5);
    assert.equal(await triggers.takeSlot(T, { spacingMs: 200, now: 1_001, latest: 2_000 }), 1_001);
  },
};
