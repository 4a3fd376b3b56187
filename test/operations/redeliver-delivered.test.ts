import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { DeliveryLog, type LogEntry } from '../../functions/adapters/delivery-log.ts';
import { recordHash } from '../../functions/core/record-hash.ts';
import { delivered, redeliverDelivered } from '../../functions/operations/delivered.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { logEntry } from '../support/log-entries.ts';
import { logTable } from '../support/log-table.ts';

const AT = Date.parse('2026-11-23T09:00:00Z');
const range = { since: AT, until: AT + 10_000 };

/** A world with a delivery log, and a case table with a number as its sort key. */
async function world(
  entries: readonly LogEntry[],
  key: readonly [string, string][] = [
    ['AccountID', 'S'],
    ['CaseID', 'N'],
  ],
) {
  const log = new DeliveryLog('log', logTable().client);
  await log.write(entries);
  const Table = {
    KeySchema: key.map(([AttributeName]) => ({ AttributeName })),
    AttributeDefinitions: key.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
  };
  const made = adminWorld({ log, dynamodb: { send: async () => ({ Table }) }, crmTables: { case: 'Cases' } });
  await set(made.deps, 'case.edit', 'https://example.com/');
  await set(made.deps, 'case.create', 'https://example.com/');
  return made;
}

const edit = (n: number, overrides: Partial<LogEntry> = {}) =>
  logEntry({ at: AT + n, formattedString: '?AccountID=a%201&CaseID=7', ...overrides });

const instant = () => {
  let now = AT + 1_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (milliseconds: number) => {
      sleeps.push(milliseconds);
      now += milliseconds;
    },
  };
};

test('selects what was delivered in a range: each notification once, the oldest first, without tests', async () => {
  const id = `msg_${'1'.repeat(32)}`;
  const { deps } = await world([
    edit(-1),
    edit(5, { id }),
    edit(2),
    edit(3, { id }),
    edit(4, { outcome: 'failed' }),
    edit(6, { test: true }),
    edit(7, { trigger: 'case.create' }),
    edit(10_000),
  ]);
  assert.deepEqual(
    (await delivered(deps, range)).map(({ at }) => at - AT),
    [2, 3, 7],
  );
  assert.deepEqual(
    (await delivered(deps, { ...range, trigger: 'case.create' })).map(({ at }) => at - AT),
    [7],
  );
});

test('sends them with the same IDs, in order, in the group of their record', async () => {
  const { deps, sent, history } = await world([edit(3), edit(1, { trigger: 'case.create' }), edit(2), edit(2)]);
  const chosen = await delivered(deps, range);
  const clock = instant();
  const done = await redeliverDelivered(deps, chosen, 50, undefined, clock);
  assert.deepEqual(
    sent.map(({ id }) => id),
    chosen.map(({ id }) => id),
  );
  assert.ok(done.every(({ rejected }) => rejected === undefined));
  const record = recordHash('case', { AccountID: { S: 'a 1' }, CaseID: { N: '7' } });
  assert.deepEqual(new Set(sent.map((one) => one.record)), new Set([record]), 'the hash of capture');
  const sequences = sent.map(({ sequence }) => Number(sequence));
  assert.deepEqual(sequences, [...new Set(sequences)].sort(), 'the sequences grow');
  assert.ok(sent.every(({ redelivered, changedAt }) => redelivered === clock.now() && changedAt < AT + 10));
  assert.deepEqual(
    history.entries.slice(0, 2).map(({ what, trigger, to }) => [what, trigger, to]),
    [
      ['redelivered', 'case.edit', '3 sent again'],
      ['redelivered', 'case.create', '1 sent again'],
    ],
  );
});

test('keeps the pace, and reports its progress', async () => {
  const { deps, sent } = await world(Array.from({ length: 25 }, (_, n) => edit(n)));
  const clock = instant();
  const counts: number[] = [];
  await redeliverDelivered(deps, await delivered(deps, range), 10, (count) => counts.push(count), clock);
  assert.deepEqual(clock.sleeps, [1_000, 1_000]);
  assert.deepEqual(counts, [10, 20, 25]);
  assert.equal(sent.length, 25);
});

test('keeps the order within a record whose key has an attribute that is no ID', async () => {
  const { deps, sent } = await world(
    [edit(1), edit(2), edit(3, { formattedString: '?AccountID=a&CaseID=8' })],
    [['pk', 'S']],
  );
  await redeliverDelivered(deps, await delivered(deps, range), 50, undefined, instant());
  const [first, second, third] = sent.map(({ record }) => record);
  assert.equal(first, second);
  assert.notEqual(second, third);
});

test('stops when the URL is cleared, and says so for the rest', async () => {
  const { deps, sent } = await world(Array.from({ length: 20 }, (_, n) => edit(n)));
  const send = deps.queue.send.bind(deps.queue);
  deps.queue.send = async (notifications) => {
    await send(notifications);
    await clear(deps, 'case.edit');
  };
  const done = await redeliverDelivered(deps, await delivered(deps, range), 10, undefined, instant());
  assert.equal(sent.length, 10);
  assert.equal(done.filter(({ rejected }) => rejected?.startsWith('no URL is set')).length, 10);
});

test('the command prints how many and the pace, and sends only with --yes', async () => {
  const { deps, sent } = await world([edit(1), edit(2), edit(3, { trigger: 'case.create' })]);
  const options = { delivered: true, since: '2026-11-23T09:00Z', until: '2026-11-23T09:01Z' };
  const run = async (more = {}) => (await commands.redeliver?.run(deps, [], { ...options, ...more })) ?? assert.fail();
  const plan = await run();
  assert.deepEqual(plan.text.split('\n'), [
    'case.edit         2',
    'case.create       1',
    '3 would be sent again at 50 per second, in about 1 s: add --yes.',
  ]);
  assert.equal(sent.length, 0);
  assert.partialDeepStrictEqual(plan.json, { count: 3, pace: 50, seconds: 1, dryRun: true });
  assert.equal((await run({ yes: true })).text, '3 of 3 are sent again.');
  assert.equal(sent.length, 3);
  await assert.rejects(run({ until: '2026-11-23T09:00:00.001Z' }), {
    message: /^No notification was delivered in this range\..+deliveryLog/,
  });
});

for (const [title, words, options] of [
  ['without --since', [], {}],
  ['with an ID', ['msg_1'], { since: '1h' }],
  ['with --all', [], { since: '1h', all: true }],
  ['with an end before its start', [], { since: '1h', until: '2h' }],
] as const)
  test(`rejects --delivered ${title} as wrong usage`, () => {
    assert.throws(() => commands.redeliver?.check?.(words, { delivered: true, ...options }), /--delivered|--until/);
  });

test('rejects --until and --pace without --delivered', () => {
  for (const options of [{ until: '1h' }, { pace: '5' }])
    assert.throws(() => commands.redeliver?.check?.([], { all: true, ...options }), /only with --delivered/);
});
