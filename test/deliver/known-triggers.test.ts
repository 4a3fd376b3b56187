import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TriggerNow, TriggersNow } from '../../functions/adapters/trigger-store.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { KnownTriggers } from '../../functions/deliver/known-triggers.ts';

const active: TriggerNow = {
  state: 'active',
  url: 'https://x/',
  consecutiveFailures: 0,
  lastSuccess: 0,
  probeAt: 0,
  probeDelay: 0,
};
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

/** The triggers of a batch, with a timer that the test fires and a table that records reads. */
function watched(read: (triggers: readonly Trigger[]) => TriggersNow) {
  const known = new KnownTriggers(
    new Map([
      ['customer.edit', active],
      ['case.edit', active],
    ]),
  );
  const reads: (readonly Trigger[])[] = [];
  let fire = () => {};
  const end = known.watch({
    triggers: {
      read: async (triggers) => {
        reads.push(triggers);
        return read(triggers);
      },
    },
    after: (milliseconds, act) => {
      assert.equal(milliseconds, 1_000);
      fire = act;
      return () => {
        fire = () => {};
      };
    },
  });
  const look = async () => {
    fire();
    await turns();
  };
  return { known, reads, look, end };
}

test('updates a known trigger with the results of the batch, and aborts its attempts when it is no longer active', () => {
  const { known } = watched(() => new Map());
  const [own, other] = [known.cutOff('customer.edit'), known.cutOff('case.edit')];
  known.note('customer.edit', { consecutiveFailures: 4 });
  assert.deepEqual(known.get('customer.edit'), { ...active, consecutiveFailures: 4 });
  assert.equal(own.aborted, false);
  known.note('customer.edit', { state: 'parked' });
  assert.deepEqual(known.get('customer.edit'), { ...active, consecutiveFailures: 4, state: 'parked' });
  assert.deepEqual([own.aborted, other.aborted], [true, false]);
  assert.equal(known.cutOff('customer.edit').aborted, true);
});

test('does not update a trigger that was never set', () => {
  const { known } = watched(() => new Map());
  known.note('task.edit', { state: 'parked' });
  assert.equal(known.get('task.edit'), undefined);
});

test('reads again only triggers with attempts that are not aborted', async () => {
  const { known, reads, look, end } = watched(() => new Map([['case.edit', { ...active, state: 'paused' }]]));
  await look();
  assert.deepEqual(reads, []);
  known.cutOff('customer.edit');
  known.cutOff('case.edit');
  await look();
  await look();
  assert.deepEqual(reads, [['customer.edit', 'case.edit'], ['customer.edit']]);
  assert.equal(known.get('case.edit')?.state, 'paused');
  end();
});
