import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Trigger } from '../../functions/core/entity.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { cli } from '../support/cli.ts';
import { drained, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { callsWith, setUrls, stack, uniqueId } from './stack.ts';

// Drain has no schedule on an emulator: only its start by deliver can deliver these.
test('a receiver that throttles gets its backlog without waiting for the schedule of drain', {
  timeout: 300_000,
}, async () => {
  const account = uniqueId('throttled');
  let calls = 0;
  await using server = await receiver(({ target }, response) => {
    response.writeHead(target.includes(account) && ++calls <= 3 ? 429 : 200).end();
  });
  await setUrls(server.origin, 'task.create');
  const rows = Array.from({ length: 6 }, (_, n) => ({ AccountID: account, TaskID: `t${n}` }));
  await Promise.all(rows.map((row) => stack.agent.do('create', 'task', row)));
  const accepted = await until('six accepted calls', () => {
    const targets = new Set(
      callsWith(server, account)
        .slice(3)
        .map(({ target }) => target),
    );
    return targets.size >= rows.length ? targets : undefined;
  });
  assert.deepEqual(
    [...accepted].sort(),
    rows.map(({ TaskID }) => `/task.create?AccountID=${account}&TaskID=${TaskID}`),
  );
});

describe('outages of different triggers, at the same time', { concurrency: true }, () => {
  test('retries a failed notification, and holds back the later notifications of its record only', async () => {
    const account = uniqueId('retried');
    let failures = 0;
    await using server = await receiver((call, response) => {
      const fails = call.target.includes('customer.create') && call.target.endsWith(account) && ++failures <= 2;
      response.writeHead(fails ? 500 : 200).end();
    });
    await setUrls(server.origin, 'customer.create', 'customer.edit', 'customer.delete');
    for (const action of ['create', 'edit', 'delete'] as const)
      await stack.agent.do(action, 'customer', { AccountID: account });
    const other = uniqueId('other');
    await stack.agent.do('create', 'customer', { AccountID: other });
    const ofRecord = () => callsWith(server, account);
    await until('the delete', () => ofRecord().some(({ target }) => target.includes('customer.delete')), 150_000);
    assert.deepEqual(
      ofRecord().map(({ headers }) => [headers['crm-trigger'], headers['crm-trigger-attempt']]),
      [
        ['customer.create', '1'],
        ['customer.create', '2'],
        ['customer.create', '3'],
        ['customer.edit', '1'],
        ['customer.delete', '1'],
      ],
    );
    assert.equal(
      new Set(
        ofRecord()
          .slice(0, 3)
          .map(({ headers }) => headers['webhook-id']),
      ).size,
      1,
    );
    const [first, second, third] = ofRecord().map(({ at }) => at) as [number, number, number];
    assert.ok(second - first >= 3_500 && third - second >= 23_500, `waited ${second - first} ms, ${third - second} ms`);
    const [neighbor] = callsWith(server, other);
    assert.ok(neighbor && neighbor.at < third, 'another record does not wait');
  });

  test('calls a changed URL at the next retry', async () => {
    await using wrong = await receiver((_, response) => response.writeHead(404).end());
    await using right = await receiver();
    await setUrls(wrong.origin, 'case.create');
    const row = { AccountID: uniqueId('moved'), CaseID: 'c' };
    await stack.agent.do('create', 'case', row);
    const calls = { wrong: () => callsWith(wrong, row.AccountID), right: () => callsWith(right, row.AccountID) };
    await until('the first attempt', () => calls.wrong().length === 1);
    await setUrls(right.origin, 'case.create');
    await until('the second attempt', () => calls.right().length === 1);
    assert.equal(calls.right()[0]?.headers['crm-trigger-attempt'], '2');
    assert.equal(calls.right()[0]?.headers['webhook-id'], calls.wrong()[0]?.headers['webhook-id']);
    assert.equal(calls.wrong().length, 1);
  });

  test('parks a trigger during an outage, drains it after the outage, and keeps calling another trigger', {
    timeout: 300_000,
  }, async () => {
    let up = false;
    await using server = await receiver((call, response) => {
      response.writeHead(up || call.target.startsWith('/followup.') ? 200 : 503).end();
    });
    await setUrls(server.origin, 'task.create', 'task.edit', 'followup.create');
    const AccountID = uniqueId('outage');
    const names = Array.from({ length: 12 }, (_, i) => `t${i}`);
    for (const TaskID of names) await stack.agent.do('create', 'task', { AccountID, TaskID });
    const line = async () => (await list(stack.deps)).find(({ trigger }) => trigger === 'task.create');
    await until('task.create is parked', async () => (await line())?.state === 'parked');
    await stack.agent.do('create', 'followup', { AccountID, CaseID: 'c', FollowupID: AccountID });
    await until('the other trigger is called', () =>
      callsWith(server, AccountID).some(({ target }) => target.startsWith('/followup.')),
    );
    await until('all notifications are pending', async () => (await line())?.waiting === 12);
    up = true;
    await drained(stack.deps, 'task.create is active again', async () => (await line())?.state === 'active');
    // A notification that is in the queue for its next attempt is delivered after the backlog is empty.
    await until('no notification is pending', async () => (await line())?.waiting === 0, 120_000);
    const creates = callsWith(server, AccountID).filter(({ target }) => target.startsWith('/task.create'));
    assert.deepEqual(new Set(creates.slice(-12).map(({ target }) => target.split('TaskID=')[1])), new Set(names));
    await stack.agent.do('edit', 'task', { AccountID, TaskID: 't0' });
    await until('a new notification is delivered directly', () =>
      callsWith(server, AccountID).some(({ target }) => target.startsWith('/task.edit')),
    );
  });
});

/** Waits until this many notifications with this ID are in the backlog of a paused trigger, and `list` counts its whole backlog. */
async function parkedEdits(trigger: Trigger, id: string, count: number) {
  await until(`${count} notifications of ${id} are pending`, async () => {
    const { parked } = await stack.deps.backlog.parked(trigger, 1_000);
    const own = parked.filter(({ notification }) => notification.formattedString.includes(id));
    const line = new RegExp(`^${trigger} +paused +${parked.length} `, 'm');
    return own.length === count && line.test((await cli('list')).stdout);
  });
}

test('keeps the notifications of a paused trigger, and delivers them in order after it is resumed', {
  timeout: 200_000,
}, async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'task.edit');
  await cli('pause', 'task.edit');
  const row = { AccountID: uniqueId('paused'), TaskID: 't' };
  await stack.agent.do('create', 'task', row);
  for (let i = 0; i < 5; i++) await stack.agent.do('edit', 'task', { ...row, n: String(i) });
  await parkedEdits('task.edit', row.AccountID, 5);
  const calls = () => callsWith(server, row.AccountID);
  assert.equal(calls().length, 0);
  assert.deepEqual(await cli('pause', 'task.edit'), { status: 0, stdout: 'task.edit is paused already\n', stderr: '' });
  assert.equal((await cli('resume', 'task.edit')).status, 0);
  await until('all are delivered', () => calls().length >= 5, 90_000);
  const sequences = calls().map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
  assert.deepEqual(sequences, [...new Set(sequences)].sort());
  await until(
    'the trigger is active again',
    async () => /^task\.edit +active +0 /m.test((await cli('list')).stdout),
    90_000,
  );
  assert.match((await cli('resume', 'task.edit')).stderr, /^task\.edit is not paused\.\n$/);
});

test('merges the edits of a paused trigger into one call, and logs the others as merged', {
  timeout: 200_000,
}, async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'case.edit');
  assert.equal((await cli('coalesce', 'case.edit', 'on')).status, 0);
  await cli('pause', 'case.edit');
  const row = { AccountID: uniqueId('merged'), CaseID: 'c' };
  await stack.agent.do('create', 'case', row);
  for (let i = 0; i < 5; i++) await stack.agent.do('edit', 'case', { ...row, n: String(i) });
  await parkedEdits('case.edit', row.AccountID, 5);
  // Drain merges no notification that was parked less than 2 s ago, because an older one of the record can still follow it.
  await setTimeout(2_500);
  await cli('resume', 'case.edit');
  const calls = () => callsWith(server, row.AccountID);
  const call = await until('a call', () => calls()[0], 90_000);
  assert.equal(call.headers['crm-trigger-coalesced'], '5');
  const merged = await until('four merged notifications in the log', async () => {
    const { stdout } = await cli(
      'log',
      '--trigger',
      'case.edit',
      '--outcome',
      'merged',
      '--id',
      row.AccountID,
      '--json',
    );
    const entries = JSON.parse(stdout);
    return entries.length >= 4 ? entries : undefined;
  });
  assert.deepEqual(
    merged.map(({ response }: { response: string }) => response),
    Array(4).fill(`merged into ${call.headers['webhook-id']}`),
  );
  assert.equal((await cli('coalesce', 'case.edit', 'off')).status, 0);
  assert.equal(calls().length, 1);
});

// Drain has no schedule on an emulator: only its start by deliver can deliver those over the limit.
test('calls a trigger no more often than its limit allows', { timeout: 120_000 }, async () => {
  await using server = await receiver();
  await setUrls(server.origin, 'task.create');
  assert.equal((await cli('limit', 'task.create', '2')).status, 0);
  const account = uniqueId('limited');
  const rows = Array.from({ length: 12 }, (_, n) => ({ AccountID: account, TaskID: `t${n}` }));
  await Promise.all(rows.map((row) => stack.agent.do('create', 'task', row)));
  const calls = () => callsWith(server, account);
  await until('twelve calls', () => new Set(calls().map(({ target }) => target)).size >= rows.length, 60_000);
  await cli('limit', 'task.create', 'off');
  const times = calls().map(({ at }) => at);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  assert.ok(last - first >= 5_000, `${times.length} calls within ${last - first} ms`);
});
