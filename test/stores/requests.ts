import assert from 'node:assert/strict';
import { triggers as allTriggers } from '../../functions/core/entity.ts';
import { logEntry } from '../support/log-entries.ts';
import { notification } from '../support/records.ts';
import { interrupted, recording, unprocessing } from './clients.ts';
import type { Cases } from './conformance.ts';
import { backlogOf, failed, failedOf, storesOf, waiting } from './harness.ts';

const AT = 1_760_000_000_000;

export const requestCases: Cases = {
  'are strongly consistent if a promise depends on the result': async (stores, harness) => {
    const { backlog, triggers, secrets, history } = stores;
    const parked = waiting();
    await backlog.park([parked, waiting()], AT);
    await backlog.fail(failed());
    const { client, requests } = recording(harness.client);
    const recorded = storesOf(harness, client);
    await recorded.backlog.seen([parked.notification]);
    const [read] = await backlogOf(recorded.backlog, 'customer.edit');
    assert.ok(read);
    await recorded.backlog.keepParked(read, AT);
    await recorded.backlog.unpark(read);
    await recorded.backlog.hold(waiting(), AT);
    await recorded.backlog.release(parked.notification, AT);
    for (const list of ['held', 'parked', 'failed'] as const) await recorded.backlog.count('customer.edit', list);
    const [gone] = await failedOf(recorded.backlog, 'customer.edit');
    assert.ok(gone);
    await recorded.backlog.forget(gone);
    await recorded.backlog.testResult(notification());
    await recorded.triggers.read(allTriggers);
    await recorded.triggers.move('customer.edit', 'park');
    await recorded.triggers.lease('customer.edit', 2, 1);
    await recorded.secrets.read(allTriggers);
    await recorded.secrets.of('customer.edit');
    await recorded.secrets.change('customer.edit', (now) => now);
    await recorded.history.read(5);
    await recorded.counts(5).overLimit([notification()]);
    assert.ok(triggers && secrets && history);
    const reads = requests.filter(({ name }) => /^(Get|Query|Scan|BatchGet)/.test(name));
    assert.ok(reads.length >= 12, `${reads.length} reads`);
    for (const { name, input } of reads) {
      const asked = input.RequestItems ? Object.values(input.RequestItems as object) : [input];
      for (const one of asked) assert.equal(one.ConsistentRead, true, `${name} ${JSON.stringify(input)}`);
    }
  },

  'are not made for empty input': async (_, harness) => {
    const { client, requests } = recording(harness.client);
    const { backlog, triggers, secrets, counts } = storesOf(harness, client);
    assert.equal((await backlog.seen([])).size, 0);
    await backlog.park([], AT);
    assert.equal((await triggers.read([])).size, 0);
    assert.equal((await secrets.read([])).size, 0);
    assert.equal((await counts(1).overLimit([])).size, 0);
    assert.equal(requests.length, 0);
  },

  'contain a repeated key once': async ({ triggers, secrets }) => {
    await triggers.writeUrl('task.edit', 'https://x/', 1);
    assert.equal((await triggers.read(['task.edit', 'task.edit'])).size, 1);
    await secrets.change('task.edit', (now) => ({ ...now, secret: 'whsec_a' }));
    assert.equal((await secrets.read(['task.edit', 'task.edit'])).size, 1);
  },

  'are repeated with the unprocessed part after pauses': async (stores, harness) => {
    const attempts: number[] = [];
    const pause = async (attempt: number) => attempts.push(attempt);
    const busy = storesOf(harness, unprocessing(harness.client, 4), pause);
    const all = Array.from({ length: 60 }, () => waiting());
    await busy.backlog.park(all, AT);
    assert.equal((await backlogOf(stores.backlog, 'customer.edit')).length, 60);
    assert.deepEqual(attempts, [0, 1, 2, 3], 'a pause before each repeat, to grow with their number');
    attempts.length = 0;
    const reading = storesOf(harness, unprocessing(harness.client, 3), pause);
    const seen = await reading.backlog.seen(all.map((one) => one.notification));
    assert.equal(all.filter((one) => seen.get(one.notification)?.parked).length, 60);
    assert.deepEqual(attempts, [0, 1, 2]);
    for (const trigger of allTriggers) await stores.triggers.writeUrl(trigger, 'https://x/', 1);
    assert.equal(
      (await storesOf(harness, unprocessing(harness.client, 3)).triggers.read(allTriggers)).size,
      allTriggers.length,
    );
    for (const trigger of allTriggers) await stores.secrets.change(trigger, (now) => now);
    assert.equal(
      (await storesOf(harness, unprocessing(harness.client, 3)).secrets.read(allTriggers)).size,
      allTriggers.length,
    );
  },

  'end with an error if DynamoDB always leaves a part unprocessed': async (_, harness) => {
    const attempts: number[] = [];
    let requests = 0;
    // A store that never moves to Failed would never end the test.
    const patient = interrupted(unprocessing(harness.client), ['BatchGetItem', 'BatchWriteItem'], async () => {
      assert.ok(requests++ < 50, 'asked 50 times');
    });
    const { backlog, triggers } = storesOf(harness, patient, async (attempt) => attempts.push(attempt));
    await assert.rejects(backlog.park([waiting(), waiting()], AT), { name: 'TableBusy' });
    await assert.rejects(triggers.read(['task.edit', 'task.create']), { name: 'TableBusy' });
    assert.ok(attempts.length > 4 && attempts.length < 40, `${attempts.length} pauses`);
  },

  'throw when the table does not respond': async (_, harness) => {
    const silent = { send: () => Promise.reject(new Error('no response')) } as unknown as typeof harness.client;
    const { backlog, triggers, secrets, history, log, counts } = storesOf(harness, silent);
    const one = waiting();
    const parked = { ...one, parkedAt: AT };
    const result = { delivered: true, response: '', milliseconds: 1, body: '' };
    const entry = { at: AT, who: 'ada', what: 'url', trigger: 'task.edit', from: null, to: null } as const;
    const calls: readonly (() => Promise<unknown>)[] = [
      () => backlog.seen([one.notification]),
      () => backlog.hold(one, AT),
      () => backlog.release(one.notification, AT),
      () => backlog.park([one], AT),
      () => backlog.unpark(parked),
      () => backlog.keepParked(parked, AT),
      () => backlog.parked('task.edit', 5),
      () => backlog.count('task.edit', 'held'),
      () => backlog.fail(failed()),
      () => backlog.forget(failed()),
      () => backlog.failed('task.edit', 5),
      () => backlog.putTestResult(one.notification, result, AT),
      () => backlog.testResult(one.notification),
      () => triggers.read(['task.edit']),
      () => triggers.writeUrl('task.edit', 'https://x/', 1),
      () => triggers.countFailure('task.edit', 1),
      () => triggers.clearFailures('task.edit', 1),
      () => triggers.move('task.edit', 'park'),
      () => triggers.postponeProbe('task.edit', 1, 1, ''),
      () => triggers.lease('task.edit', 2, 1),
      () => triggers.giveBack('task.edit', 2),
      () => secrets.of('task.edit'),
      () => secrets.read(['task.edit']),
      () => secrets.change('task.edit', (now) => now),
      () => history.add(entry),
      () => history.read(5),
      () => log.write([logEntry()]),
      () => log.read({}, 5),
      () => log.follow({})(),
      () => counts(1).overLimit([one.notification]),
    ];
    for (const call of calls) await assert.rejects(call, /no response/, String(call));
  },
};
