import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { notification } from '../support/records.ts';
import { failMany, withUrl } from '../support/redelivery.ts';

describe('a change that could not be formatted', () => {
  const unusable = (keys?: object) => {
    const { id, record, sequence, changedAt } = notification();
    const why = { reason: 'AccountID is missing', attempts: 0, failedAt: changedAt };
    return { id, trigger: 'customer.edit', record, sequence, changedAt, ...why, ...(keys && { keys }) } as const;
  };
  const reading = (response: (key: unknown) => object) => ({
    crmTables: { customer: 'Customers' },
    dynamodb: { send: async ({ input }: { input: { Key: unknown } }) => response(input.Key) },
  });

  test('is read again by its key, also by a binary key', async () => {
    const asked: unknown[] = [];
    const world = await withUrl(
      reading((key) => {
        asked.push(key);
        return { Item: { AccountID: { S: 'a1' } } };
      }),
    );
    // As a stream record has it.
    await world.backlog.fail(unusable({ pk: { B: Buffer.from([0, 255, 7]).toString('base64') }, sk: { N: '5' } }));
    const [done] = await redeliver(world.deps, await failed(world.deps, {}));
    assert.equal(done?.rejected, undefined);
    assert.deepEqual(asked, [{ pk: { B: Buffer.from([0, 255, 7]) }, sk: { N: '5' } }]);
    assert.equal(world.sent[0]?.formattedString, '?AccountID=a1');
  });

  test('whose row cannot be read stays in Failed, and the others are sent', async () => {
    const world = await withUrl(
      reading(() => {
        throw Object.assign(new Error('MARKER'), { name: 'ValidationException' });
      }),
    );
    await world.backlog.fail(unusable({ pk: { S: 'x' } }));
    await world.backlog.fail(unusable());
    await failMany(world, 1);
    const done = await redeliver(world.deps, await failed(world.deps, {}));
    assert.deepEqual(done.map(({ rejected }) => rejected).toSorted(), [
      'the customer cannot be read (ValidationException)',
      'this version cannot read the notification as it is stored',
      undefined,
    ]);
    assert.equal((await failed(world.deps, {})).length, 2);
  });
});
