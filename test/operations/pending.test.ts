import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { plainText } from '../../cli/output.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { pause, resume } from '../../functions/operations/pause.ts';
import { pendingText } from '../../functions/operations/pending.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { importUrls } from '../../functions/operations/url-file.ts';
import { adminWorld } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';
import { SqsInMemory } from '../support/sqs-in-memory.ts';

type World = ReturnType<typeof adminWorld>;

const QUEUE = 'https://sqs/queue.fifo';
const tried = { attempts: 1, firstAttempt: 1, response: 'HTTP 500', nextTry: 1 };

/** A notification that waits for a retry, with others of its record behind it. */
async function hold({ backlog }: World, trigger: Trigger, behind: Partial<Record<Trigger, number>> = {}) {
  await backlog.hold({ notification: notification({ trigger }), ...tried, behind }, Date.now());
}

async function park({ backlog }: World, trigger: Trigger, count: number) {
  const parked = Array.from({ length: count }, () => ({ notification: notification({ trigger }), ...tried }));
  await backlog.park(parked, Date.now());
}

const lineOf = async ({ deps }: World, trigger: Trigger) =>
  (await list(deps)).find((line) => line.trigger === trigger) ?? assert.fail();

const run = async ({ deps }: World, command: string, ...words: string[]) =>
  (await commands[command]?.run(deps, words, {})) ?? assert.fail();

describe('the number of pending notifications', () => {
  test('includes notifications behind one that waits for a retry: 6 edits of one task', async () => {
    const sqs = new SqsInMemory();
    const world = adminWorld({ sqs: sqs.client(), queueUrl: QUEUE });
    await set(world.deps, 'task.edit', 'https://example.com/');
    await hold(world, 'task.edit', { 'task.edit': 5 });
    const pending = { waiting: 6, waitingForRetry: 1, behind: 5, inBacklog: 0 };
    assert.partialDeepStrictEqual(await lineOf(world, 'task.edit'), pending);
    for (let n = 0; n < 7; n++) sqs.add(QUEUE, 'group', `${n}`);
    const text = plainText(await run(world, 'list'));
    assert.match(
      text,
      /^task\.edit +active +6 .+ {2}6 pending \(1 waiting for retry, 5 more of its record behind it\)$/m,
    );
    assert.match(text, /\n7 messages are in the delivery queue, including those waiting for retry\.$/);
  });

  test('includes notifications behind another trigger of the same record, and the backlog', async () => {
    const world = adminWorld();
    await hold(world, 'task.create', { 'task.edit': 2, 'task.delete': 1 });
    await park(world, 'task.edit', 3);
    const edit = { waiting: 5, waitingForRetry: 0, behind: 2, inBacklog: 3 };
    assert.partialDeepStrictEqual(await lineOf(world, 'task.edit'), edit);
    assert.partialDeepStrictEqual(await lineOf(world, 'task.delete'), { waiting: 1, waitingForRetry: 0, behind: 1 });
    assert.partialDeepStrictEqual(await lineOf(world, 'task.create'), { waiting: 1, waitingForRetry: 1, behind: 0 });
  });

  test('does not include delivered notifications', async () => {
    const world = adminWorld();
    const one = notification({ trigger: 'task.edit' });
    await world.backlog.hold({ notification: one, ...tried, behind: { 'task.edit': 5 } }, Date.now());
    await world.backlog.release(one, Date.now());
    assert.equal((await lineOf(world, 'task.edit')).waiting, 0);
  });

  const texts: [waitingForRetry: number, behind: number, inBacklog: number, text: string][] = [
    [0, 0, 0, ''],
    [0, 0, 12, '12 pending'],
    [1, 0, 0, '1 pending (1 waiting for retry)'],
    [3, 2, 0, '5 pending (3 waiting for retry, 2 more of their records behind them)'],
    [0, 1, 0, '1 pending (1 behind an earlier notification of its record)'],
    [0, 2, 3, '5 pending (2 behind an earlier notification of their records, 3 in its backlog)'],
  ];
  for (const [waitingForRetry, behind, inBacklog, text] of texts)
    test(`is written "${text}"`, () => {
      const waiting = waitingForRetry + behind + inBacklog;
      assert.equal(pendingText({ waiting, waitingForRetry, behind, inBacklog }), text);
    });

  test('is unknown for the queue if SQS does not respond, and the rest is shown', async () => {
    const sqs = new SqsInMemory();
    sqs.before = () => {
      throw new Error('AccessDenied');
    };
    const printed = await run(adminWorld({ sqs: sqs.client(), queueUrl: QUEUE }), 'list');
    assert.match(plainText(printed), /\nThe size of the delivery queue is not known: sqs:GetQueueAttributes failed\.$/);
    assert.equal((printed.json as unknown[]).length, 11);
  });
});

describe('clearing a URL', () => {
  const world = async () => {
    let woken = 0;
    const made = adminWorld({
      startDrain: async () => {
        woken++;
      },
    });
    await set(made.deps, 'customer.edit', 'https://example.com/');
    woken = 0;
    return { ...made, woken: () => woken };
  };

  test('returns the number of pending notifications that move to Failed, and invokes drain', async () => {
    const cleared = await world();
    await park(cleared, 'customer.edit', 1);
    await hold(cleared, 'customer.edit', { 'customer.edit': 1, 'customer.delete': 4 });
    const { text, json } = await run(cleared, 'clear', 'customer.edit');
    assert.equal(
      text,
      'customer.edit: no URL is set. No calls are made. 3 pending notifications move to Failed; to send them, set a URL and redeliver them.',
    );
    assert.deepEqual(json, { trigger: 'customer.edit', url: null, pending: 3 });
    assert.equal(cleared.woken(), 1);
  });

  test('works without pending notifications, and if drain cannot be invoked', async () => {
    const cleared = await world();
    cleared.deps.startDrain = async () => {
      throw new Error('AccessDenied');
    };
    const { text } = await run(cleared, 'clear', 'customer.edit');
    assert.equal(text, 'customer.edit: no URL is set. No calls are made.');
    assert.equal((await cleared.triggersTable.read(['customer.edit'])).get('customer.edit')?.url, undefined);
  });

  test('by an import returns the same', async () => {
    const cleared = await world();
    await park(cleared, 'customer.edit', 1);
    const imported = await importUrls(cleared.deps, '{"customer.edit": null}');
    assert.deepEqual(imported, [{ trigger: 'customer.edit', was: 'https://example.com/', is: null, pending: 1 }]);
    assert.equal(cleared.woken(), 1);
    await set(cleared.deps, 'customer.edit', 'https://example.com/');
    const { text } = await run(cleared, 'import', 'FILE', '{"customer.edit": null}');
    assert.match(
      text,
      /^customer\.edit +no URL is set\. No calls are made\. 1 pending notification moves to Failed; to send it/,
    );
  });

  test('of a paused trigger leaves it paused: it is resumed only once it has a URL', async () => {
    const cleared = await world();
    await pause(cleared.deps, 'customer.edit');
    await clear(cleared.deps, 'customer.edit');
    await assert.rejects(resume(cleared.deps, 'customer.edit'), {
      name: 'UserError',
      kind: 'conflict',
      message:
        'customer.edit cannot be resumed: no URL is set for customer.edit. To fix this, set one with crm-triggers set customer.edit URL.',
    });
    assert.equal((await cleared.triggersTable.read(['customer.edit'])).get('customer.edit')?.state, 'paused');
    await set(cleared.deps, 'customer.edit', 'https://example.com/');
    await resume(cleared.deps, 'customer.edit');
    await assert.rejects(resume(cleared.deps, 'customer.edit'), { message: 'customer.edit is not paused.' });
  });
});
