import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { deadLetters, sendBack } from '../../functions/operations/dead-letters.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { SqsInMemory } from '../support/sqs-in-memory.ts';
import { storesInMemory } from '../support/stores.ts';

const QUEUE = 'https://sqs/queue.fifo';
const DEAD = 'https://sqs/dead.fifo';

function world() {
  const sqs = new SqsInMemory();
  const { history } = storesInMemory();
  const queues = { sqs: sqs.client(), queueUrl: QUEUE, deadLetterQueueUrl: DEAD };
  const deps = { ...queues, who: 'ada', history } as unknown as OperationDeps;
  /** Adds dead letters of a record, with their numbers as bodies. */
  const add = (record: string, count: number) => {
    for (let n = 0; n < count; n++) sqs.add(DEAD, record, `${record} ${n}`);
  };
  const bodies = (url: string) => sqs.messages(url).map(({ body }) => body);
  const hidden = () => sqs.messages(DEAD).filter(({ hiddenUntil }) => hiddenUntil > sqs.time).length;
  return { sqs, deps, history, add, bodies, hidden };
}

const numbered = (record: string, count: number) => Array.from({ length: count }, (_, n) => `${record} ${n}`);

describe('a listing of dead letters', () => {
  test('lists each letter once, and the number of others of a record', async () => {
    const { sqs, deps, add, hidden } = world();
    add('a', 25);
    const { deadLetters: shown, notShown } = await deadLetters(deps, sqs.clock);
    assert.equal(new Set(shown.map(({ id }) => id)).size, 10);
    assert.deepEqual([shown.length, notShown], [10, 15]);
    assert.equal(hidden(), 0, 'all can be received again at once');
    assert.deepEqual(await deadLetters(deps, sqs.clock), { deadLetters: shown, notShown });
  });

  test('lists each letter once for many records and slow requests', async () => {
    const { sqs, deps, add, hidden } = world();
    for (let n = 0; n < 120; n++) add(`record ${n}`, 1);
    sqs.before = () => {
      sqs.time += 2_000;
    };
    const { deadLetters: shown, notShown } = await deadLetters(deps, sqs.clock);
    assert.deepEqual([new Set(shown.map(({ id }) => id)).size, shown.length + notShown], [shown.length, 120]);
    assert.equal(hidden(), 0);
    assert.equal(shown.length, 120);
  });

  test('makes received messages visible again when a request fails', async () => {
    const { sqs, deps, add, hidden } = world();
    add('a', 3);
    sqs.before = (name) => {
      if (name === 'GetQueueAttributes') throw new Error('denied');
    };
    await assert.rejects(deadLetters(deps, sqs.clock), { message: 'denied' });
    assert.equal(hidden(), 0);
  });

  test('stops at 1,000 letters and counts the others', async () => {
    const { sqs, deps, add } = world();
    for (let n = 0; n < 1_100; n++) add(`record ${n}`, 1);
    const { deadLetters: shown, notShown } = await deadLetters(deps, sqs.clock);
    assert.deepEqual([shown.length, notShown], [1_000, 100]);
  });
});

describe('dead letters that are sent back', () => {
  test('are recorded in the history, with their number', async () => {
    const { sqs, deps, history, add } = world();
    add('a', 3);
    await sendBack(deps, sqs.clock);
    assert.deepEqual(
      history.entries.map(({ who, what, trigger, to }) => [who, what, trigger, to]),
      [['ada', 'dead-letters', null, '3 sent back']],
    );
  });

  test('are all 25 of one record, in order', async () => {
    const { sqs, deps, add, bodies } = world();
    add('a', 25);
    const { sentBack, left } = await sendBack(deps, sqs.clock);
    assert.deepEqual(bodies(QUEUE), numbered('a', 25));
    assert.deepEqual([sentBack.length, left, bodies(DEAD).length], [25, 0, 0]);
  });

  test('are all 375 of several records, although the run takes longer than the visibility timeout', async () => {
    const { sqs, deps, add, bodies } = world();
    const records = ['a', 'b', 'c', 'd', 'e'];
    for (const record of records) add(record, 75);
    sqs.before = () => {
      sqs.time += 500;
    };
    const { sentBack, left } = await sendBack(deps, sqs.clock);
    assert.deepEqual([sentBack.length, left], [375, 0]);
    for (const record of records)
      assert.deepEqual(
        bodies(QUEUE).filter((body) => body.startsWith(record)),
        numbered(record, 75),
      );
  });

  test('are sent once each, even if handles expire within a page', async () => {
    const { sqs, deps, add, bodies } = world();
    add('a', 12);
    sqs.before = (name) => {
      if (name === 'SendMessage') sqs.time += 20_000;
    };
    const { sentBack, left } = await sendBack(deps, sqs.clock);
    assert.deepEqual(bodies(QUEUE), numbered('a', 12));
    assert.deepEqual([sentBack.length, left], [12, 0]);
  });

  test('are deleted later, and not sent twice, when a handle expires between sending and deleting', async () => {
    const { sqs, deps, add, bodies } = world();
    add('a', 3);
    let sends = 0;
    sqs.before = (name) => {
      if (name === 'SendMessage' && ++sends === 2) sqs.time += 10 * 60_000;
    };
    const { sentBack, left } = await sendBack(deps, sqs.clock);
    assert.deepEqual(bodies(QUEUE), numbered('a', 3));
    assert.deepEqual([sentBack.length, left, bodies(DEAD).length], [3, 0, 0]);
  });

  test('stay in the dead-letter queue while the delivery queue rejects them', async () => {
    const { sqs, deps, add, bodies, hidden } = world();
    add('a', 3);
    sqs.before = (name) => {
      if (name === 'SendMessage') throw new Error('rejected');
    };
    await assert.rejects(sendBack(deps, sqs.clock), { message: 'rejected' });
    assert.deepEqual([bodies(DEAD).length, bodies(QUEUE).length], [3, 0]);
    sqs.time += 60_000;
    assert.equal(hidden(), 0);
  });

  // Deliver sends what it cannot read to the dead-letter queue, with the message's id as deduplication id; a message that
  // was received too often gets there by SQS, which keeps its id.
  for (const [title, again] of [
    ['deliver sends them to the dead-letter queue once more', (id: string) => ({ deduplicationId: id })],
    ['they were received too often once more', (id: string) => ({ id })],
  ] as const)
    test(`stay when ${title} during the run`, async () => {
      const { sqs, deps, add, hidden, bodies } = world();
      add('a', 25);
      let returned = 0;
      sqs.before = (name) => {
        if (name !== 'ReceiveMessage') return;
        const queue = sqs.messages(QUEUE);
        for (; returned < queue.length; returned++) {
          const { id, body } = queue[returned] ?? assert.fail();
          sqs.add(DEAD, 'a', body, again(id));
        }
      };
      const { sentBack, left } = await sendBack(deps, sqs.clock);
      assert.deepEqual(bodies(QUEUE), numbered('a', 25));
      assert.deepEqual([sentBack.length, left], [25, 25]);
      assert.equal(hidden(), 0);
    });

  test('end even if new letters keep arriving', async () => {
    const { sqs, deps, add, bodies } = world();
    add('a', 3);
    let came = 0;
    sqs.before = (name) => {
      if (name !== 'ReceiveMessage') return;
      sqs.time += 1_000;
      add(`new ${came++}`, 1);
    };
    const { left } = await sendBack(deps, sqs.clock);
    assert.deepEqual(bodies(QUEUE).slice(0, 3), numbered('a', 3));
    assert.equal(left, bodies(DEAD).length);
  });

  test('count as left while another receiver has them', async () => {
    const { sqs, deps, add } = world();
    add('a', 2);
    for (const message of sqs.messages(DEAD)) message.hiddenUntil = sqs.time + 3_600_000;
    assert.deepEqual(await sendBack(deps, sqs.clock), { sentBack: [], left: 2 });
  });
});

test('the command line prints the numbers that were sent back, are left and cannot be shown', async () => {
  const { deps, add } = world();
  const run = async (options: object) => (await commands['dead-letters']?.run(deps, [], options)) ?? assert.fail();
  assert.equal((await run({})).text, 'There are no dead letters.');
  add('a', 12);
  const listed = await run({});
  assert.match(
    listed.text,
    /^(?:\S+ {2}\S+Z {2}it was received too often, and never settled\n){10}2 more cannot be shown/,
  );
  assert.partialDeepStrictEqual(listed.json, { notShown: 2 });
  const sent = await run({ 'send-back': true });
  assert.match(sent.text, /\n12 sent back, 0 left\.$/);
  assert.partialDeepStrictEqual(sent.json, { left: 0 });
  assert.equal((await run({ 'send-back': true })).text, 'There are no dead letters.');
});
