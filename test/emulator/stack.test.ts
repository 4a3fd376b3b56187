import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { demonstration } from '../../cli/local/demonstration.ts';
import { diagram, type Move } from '../../functions/core/breaker.ts';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { clear, set, setUrl } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { cli, cliWith } from '../support/cli.ts';
import { deployedStack, drained, takeEffect, until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { notification, streamRecord } from '../support/records.ts';

let stack: Awaited<ReturnType<typeof deployedStack>>;
let unique = 0;
const id = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++unique}`;

before(async () => {
  stack = await deployedStack();
  await takeEffect(stack, ...triggers);
});
after(() => stack?.end(...triggers));

/** Sets one receiver for some triggers, which had a URL before; it tells them apart by the path. */
async function type(origin: string, ...entered: Trigger[]) {
  for (const trigger of entered) await set(stack.deps, trigger, `${origin}/${trigger}`);
}

describe('the deployed stack', () => {
  test('all eleven triggers are called with their strings, and a followup edit makes no call', async () => {
    await using server = await receiver();
    await type(server.origin, ...triggers);
    const demoSteps = demonstration(id('demo'));
    for (const { action, entity, row } of demoSteps) await stack.agent.do(action, entity, row);
    const expected = demoSteps.flatMap(({ expected }) =>
      expected ? [`/${expected.trigger}${expected.formattedString}`] : [],
    );
    // A call for the followup's edit would come before the one for its delete, which is the same record's.
    await until('eleven calls', () => new Set(server.calls.map(({ target }) => target)).size >= 11);
    assert.deepEqual(server.calls.map(({ target }) => target).sort(), expected.sort());
    for (const { target, headers } of server.calls) {
      assert.equal(`/${headers['crm-trigger']}`, target.split('?')[0]);
      assert.match(headers['webhook-id'] as string, /^msg_[0-9a-f]{32}$/);
      assert.match(headers['crm-trigger-sequence'] as string, /^\d+$/);
    }
  });

  test('200 records created, edited and deleted arrive complete, and in order per record', {
    timeout: 400_000,
  }, async () => {
    await using server = await receiver();
    await type(server.origin, 'task.create', 'task.edit', 'task.delete');
    const account = id('order');
    const rows = Array.from({ length: 200 }, (_, n) => ({ AccountID: account, TaskID: `t${n}` }));
    for (let from = 0; from < rows.length; from += 20)
      await Promise.all(
        rows.slice(from, from + 20).map(async (row) => {
          for (const action of ['create', 'edit', 'delete'] as const) await stack.agent.do(action, 'task', row);
        }),
      );
    await until(
      '600 calls',
      () => new Set(server.calls.map(({ headers }) => headers['webhook-id'])).size >= 600,
      300_000,
    );
    for (const { TaskID } of rows) {
      const ofRecord = server.calls.filter(({ target }) => target.endsWith(`?AccountID=${account}&TaskID=${TaskID}`));
      assert.deepEqual(
        ofRecord.map(({ headers }) => headers['crm-trigger']),
        ['task.create', 'task.edit', 'task.delete'],
        TaskID,
      );
      const sequences = ofRecord.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
      assert.ok(sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] as bigint)));
    }
  });

  describe('side by side, each on triggers of its own', { concurrency: true }, () => {
    test('a receiver that fails twice gets just that notification again, and what is behind it after it', async () => {
      const account = id('held');
      let failures = 0;
      await using server = await receiver((call, response) => {
        const fails = call.target.includes('customer.create') && call.target.endsWith(account) && ++failures <= 2;
        response.writeHead(fails ? 500 : 200).end();
      });
      await type(server.origin, 'customer.create', 'customer.edit', 'customer.delete');
      for (const action of ['create', 'edit', 'delete'] as const)
        await stack.agent.do(action, 'customer', { AccountID: account });
      const other = id('other');
      await stack.agent.do('create', 'customer', { AccountID: other });
      await until('the delete', () => server.calls.some(({ target }) => target.includes('customer.delete')), 150_000);
      const ofRecord = server.calls.filter(({ target }) => target.endsWith(`=${account}`));
      assert.deepEqual(
        ofRecord.map(({ headers }) => [headers['crm-trigger'], headers['crm-trigger-attempt']]),
        [
          ['customer.create', '1'],
          ['customer.create', '2'],
          ['customer.create', '3'],
          ['customer.edit', '1'],
          ['customer.delete', '1'],
        ],
      );
      assert.equal(new Set(ofRecord.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size, 1);
      const [first, second, third] = ofRecord.map(({ at }) => at) as [number, number, number];
      assert.ok(
        second - first >= 3_500 && third - second >= 23_500,
        `waited ${second - first} ms, ${third - second} ms`,
      );
      const [neighbor] = server.calls.filter(({ target }) => target.endsWith(`=${other}`));
      assert.ok(neighbor && neighbor.at < third, 'another record does not wait');
    });

    test('a URL changed while a notification waits for a retry is the URL called', async () => {
      await using wrong = await receiver((_, response) => response.writeHead(404).end());
      await using right = await receiver();
      await type(wrong.origin, 'case.create');
      const row = { AccountID: id('moved'), CaseID: 'c' };
      await stack.agent.do('create', 'case', row);
      // Other tests create cases too.
      const target = `/case.create?AccountID=${row.AccountID}&CaseID=c`;
      const of = ({ calls }: { calls: readonly Call[] }) => calls.filter((call) => call.target === target);
      await until('the first attempt', () => of(wrong).length === 1);
      await type(right.origin, 'case.create');
      await until('the second attempt', () => of(right).length === 1);
      assert.equal(of(right)[0]?.headers['crm-trigger-attempt'], '2');
      assert.equal(of(right)[0]?.headers['webhook-id'], of(wrong)[0]?.headers['webhook-id']);
      assert.equal(of(wrong).length, 1);
    });

    test('an outage is waited for: the trigger is parked, drained in order, and active again, and its neighbor goes on', {
      timeout: 300_000,
    }, async () => {
      let up = false;
      await using server = await receiver((call, response) => {
        response.writeHead(up || call.target.startsWith('/followup.') ? 200 : 503).end();
      });
      await type(server.origin, 'task.create', 'task.edit', 'followup.create');
      const AccountID = id('outage');
      const names = Array.from({ length: 12 }, (_, i) => `t${i}`);
      for (const TaskID of names) await stack.agent.do('create', 'task', { AccountID, TaskID });
      const line = async () => (await list(stack.deps)).find(({ trigger }) => trigger === 'task.create');
      await until('task.create is parked', async () => (await line())?.state === 'parked');
      await stack.agent.do('create', 'followup', { AccountID, CaseID: 'c', FollowupID: AccountID });
      await until('the neighbor is called', () => server.calls.some(({ target }) => target.startsWith('/followup.')));
      await until('all wait', async () => (await line())?.waiting === 12);
      up = true;
      await drained(stack.deps, 'task.create is active again', async () => (await line())?.state === 'active');
      const good = server.calls.filter(({ target }) => target.startsWith('/task.create'));
      assert.deepEqual(new Set(good.slice(-12).map(({ target }) => target.split('TaskID=')[1])), new Set(names));
      assert.equal((await line())?.waiting, 0);
      await stack.agent.do('edit', 'task', { AccountID, TaskID: 't0' });
      await until(
        'new notifications now is delivered at once',
        () => server.calls.at(-1)?.target.startsWith('/task.edit') === true,
      );
    });
  });

  test('an edit that changes nothing, and a row that expires, make no call', { timeout: 200_000 }, async () => {
    await using server = await receiver();
    // Also the create: behind one that fails, the others of its record would wait.
    await type(server.origin, 'case.create', 'case.edit', 'case.delete');
    const dynamodb = new DynamoDBClient();
    const TableName = stack.outputs.CaseTable;
    const row = (prefix: string) => ({ AccountID: id(prefix), CaseID: 'c' });
    const [same, byService] = [row('same'), row('by-service')];
    const item = (of: typeof same) => ({ AccountID: { S: of.AccountID }, CaseID: { S: of.CaseID } });
    const callsFor = (of: typeof same) =>
      server.calls.filter(({ target }) => target.includes(of.AccountID)).map(({ target }) => target.split('?')[0]);

    await stack.agent.do('create', 'case', same);
    for (let n = 0; n < 2; n++) await dynamodb.send(new PutItemCommand({ TableName, Item: item(same) }));
    await stack.agent.do('edit', 'case', same);
    await stack.agent.do('delete', 'case', same);
    await until('the delete', () => callsFor(same).includes('/case.delete'));
    assert.deepEqual(callsFor(same), ['/case.create', '/case.edit', '/case.delete']);

    // The record of an expiry, as AWS makes it, is handed to the deployed function. An agent's delete of the same record comes
    // behind it: in order, so that a call for the expiry would arrive first.
    const lambda = new LambdaClient();
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
    const FunctionName = Functions.find((f) => f.FunctionName?.includes('CaptureCase'))?.FunctionName;
    const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    const expired = id('expired');
    const Records = [
      streamRecord('case', 'REMOVE', byService, { userIdentity, eventID: expired }),
      streamRecord('case', 'REMOVE', byService, { eventID: id('deleted') }),
    ];
    const { FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
    );
    assert.equal(FunctionError, undefined);
    await until('the delete by an agent', () => callsFor(byService).length > 0);
    assert.deepEqual(callsFor(byService), ['/case.delete']);
  });

  test('records without a usable id are in Failed with their reason, hold up nothing, and go out once fixed', async () => {
    await using server = await receiver();
    await type(server.origin, 'followup.create');
    const dynamodb = new DynamoDBClient();
    const put = (FollowupID: string, account: object) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: stack.outputs.FollowupTable,
          Item: { CaseID: { S: 'c' }, FollowupID: { S: FollowupID }, ...account } as never,
        }),
      );
    const run = id('bad');
    await put(`${run}-1`, {});
    await put(`${run}-2`, { AccountID: { S: '' } });
    await put(`${run}-3`, { AccountID: { L: [{ S: 'a' }] } });
    await put(`${run}-4`, { AccountID: { B: Buffer.from('a') } });
    await put(`${run}-5`, { AccountID: { N: '12.50' } });
    const called = () => server.calls.filter(({ target }) => target.includes(run)).map(({ target }) => target);
    await until('the good record behind them', () => called().length > 0);
    assert.deepEqual(called(), [`/followup.create?AccountID=12.5&CaseID=c&FollowupID=${run}-5`]);
    const mine = async () =>
      (await failed(stack.deps, { trigger: 'followup.create' })).filter((f) => JSON.stringify(f.keys).includes(run));
    await until('four failed', async () => (await mine()).length === 4);
    assert.deepEqual((await mine()).map(({ reason }) => reason).sort(), [
      'AccountID is a list; an id is a string or a number',
      'AccountID is binary; an id is a string or a number',
      'AccountID is empty',
      'AccountID is missing',
    ]);

    await clear(stack.deps, 'followup.create');
    await put(`${run}-1`, { AccountID: { S: 'fixed' } });
    await type(server.origin, 'followup.create');
    const done = await redeliver(stack.deps, await mine());
    assert.deepEqual(done.map(({ rejected }) => rejected?.split(':')[0]).sort(), [
      'AccountID is a list; an id is a string or a number',
      'AccountID is binary; an id is a string or a number',
      'AccountID is empty',
      undefined,
    ]);
    await until('the fixed one', () => server.calls.some(({ target }) => target.includes('=fixed&')));
    await redeliver(stack.deps, []);
    for (const f of await mine()) await stack.deps.backlog.forget(f);
  });

  test('new notifications while a trigger is paused waits, and is delivered in order when it is resumed', {
    timeout: 200_000,
  }, async () => {
    await using server = await receiver();
    await type(server.origin, 'task.edit');
    await cli('pause', 'task.edit');
    const row = { AccountID: id('paused'), TaskID: 't' };
    await stack.agent.do('create', 'task', row);
    for (let i = 0; i < 5; i++) await stack.agent.do('edit', 'task', { ...row, n: String(i) });
    await until('five wait', async () => /^task\.edit .+\(paused, 5 pending\)$/m.test((await cli('list')).stdout));
    assert.equal(server.calls.length, 0);
    assert.match((await cli('pause', 'task.edit')).stderr, /^task\.edit is paused already\.\n$/);
    assert.equal((await cli('resume', 'task.edit')).status, 0);
    await until('all arrive', () => server.calls.length >= 5, 90_000);
    const sequences = server.calls.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
    assert.deepEqual(sequences, [...new Set(sequences)].sort());
    await until(
      'the trigger is active again',
      async () => !/^task\.edit .+\(/m.test((await cli('list')).stdout),
      90_000,
    );
    assert.match((await cli('resume', 'task.edit')).stderr, /^task\.edit is not paused\.\n$/);
  });

  test('the triggers table lets a trigger move as its diagram says, and in no other way', async () => {
    const dynamodb = new DynamoDBClient();
    const table = stack.deps.triggersTable;
    const trigger = 'task.delete';
    const states = ['active', 'parked', 'draining', 'finishing', 'paused'] as const;
    const putState = (state: string) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: stack.outputs.TriggersTable,
          // The stored name of `finishing`.
          Item: { trigger: { S: trigger }, state: { S: state === 'finishing' ? 'closing' : state } },
        }),
      );
    for (const [move, { from, to }] of Object.entries(diagram))
      for (const state of states) {
        await putState(state);
        const moved = await table.move(trigger, move as Move, { probeAt: 5 });
        assert.equal(moved, from.includes(state), `${move} from ${state}`);
        const now = (await table.read([trigger])).get(trigger);
        assert.deepEqual([now?.state, now?.probeAt], moved ? [to, 5] : [state, 0], `${move} from ${state}`);
      }
    for (const state of states) {
      await putState(state);
      assert.equal(await table.countFailure(trigger, 1_000), state === 'active' ? 1 : undefined, state);
    }
    await putState('active');
    assert.equal(await table.lease(trigger, 2_000, 1_000), true);
    assert.equal(await table.lease(trigger, 3_000, 1_999), false, 'somebody else has it');
    assert.equal(await table.lease(trigger, 4_000, 2_000), true, 'until it has run out');
    await table.giveBack(trigger, 2_000);
    assert.equal(await table.lease(trigger, 5_000, 2_500), false, 'whose has run out gives back nothing');
    await table.giveBack(trigger, 4_000);
    assert.equal(await table.lease(trigger, 5_000, 2_500), true);
    await putState('active');
  });

  test('a URL is written only on the version that was seen, and the history tells what was there before', async () => {
    const { triggersTable: table, history } = stack.deps;
    const trigger = 'followup.delete';
    await clear(stack.deps, trigger);
    const { version } = await setUrl(stack.deps, trigger, 'http://127.0.0.1:9000/one');
    assert.equal(await table.writeUrl(trigger, 'http://127.0.0.1:9000/two', Date.now(), version - 1), false);
    assert.equal(await table.writeUrl(trigger, 'http://127.0.0.1:9000/two', Date.now(), 0), false);
    await assert.rejects(setUrl(stack.deps, trigger, null, version - 1), { name: 'UserError', kind: 'stale' });
    await setUrl(stack.deps, trigger, null, version);
    const read = await history.read(1);
    assert.partialDeepStrictEqual(read.entries[0], {
      trigger,
      what: 'url',
      from: 'http://127.0.0.1:9000/one',
      to: null,
    });
    const [before] = (await history.read(1, read.next)).entries;
    assert.partialDeepStrictEqual(before, { trigger, from: null, to: 'http://127.0.0.1:9000/one' });
  });

  test('a trigger tells since when it fails, until something is delivered', async () => {
    const { triggersTable: table } = stack.deps;
    const trigger = 'followup.delete';
    const since = async () => (await table.read([trigger])).get(trigger)?.failingSince;
    await table.countFailure(trigger, 1_000);
    await table.countFailure(trigger, 2_000);
    assert.equal(await since(), 1_000);
    await table.clearFailures(trigger, 3_000);
    assert.equal(await since(), undefined);
  });

  test('what failed can be sent again, and keeps its id', async () => {
    let status = 200;
    await using server = await receiver((_, response) => response.writeHead(status).end());
    await type(server.origin, 'case.delete');
    const n = notification({ trigger: 'case.delete', formattedString: `?AccountID=${id('again')}&CaseID=c` });
    const why = { reason: 'HTTP 500', attempts: 5, failedAt: Date.now() };
    await stack.deps.backlog.fail({ ...n, ...why, notification: n });
    const listed = JSON.parse((await cli('failed', '--trigger', 'case.delete', '--json')).stdout);
    assert.partialDeepStrictEqual(listed, [{ id: n.id, reason: 'HTTP 500', attempts: 5 }]);
    assert.match(
      (await cli('redeliver', n.id)).stdout,
      /^msg_\w+ {2}case\.delete\n1 would be sent again: add --yes\.\n$/,
    );
    assert.equal(server.calls.length, 0);
    status = 204;
    assert.match((await cli('redeliver', '--trigger', 'case.delete', '--yes')).stdout, /^1 of 1 are sent again\.\n$/);
    await until('it arrives', () => server.calls.length === 1);
    assert.equal(server.calls[0]?.headers['webhook-id'], n.id);
    assert.match((await cli('failed', '--trigger', 'case.delete')).stdout, /^Nothing has failed\.\n$/);
    assert.match((await cli('redeliver')).stderr, /^Nothing is chosen: /);
    assert.match((await cli('redeliver', 'msg_none')).stderr, /^Nothing of that has failed: /);
    assert.match((await cli('failed', '--since', 'soon')).stderr, /^"soon" is no time: /);
  });

  test('a message that no code can read is a dead letter, and can be sent back', async () => {
    const MessageBody = JSON.stringify({ v: 99, from: id('the-future') });
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
    const MessageGroupId = id('group');
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.outputs.DeliveryQueueUrl,
        MessageGroupId,
        MessageDeduplicationId: MessageGroupId,
        MessageBody,
      }),
    );
    await until('it is a dead letter', async () => /not of version 1/.test((await cli('dead-letters')).stdout));
    await until('it is sent back', async () =>
      /1 sent back, \d+ left\./.test((await cli('dead-letters', '--send-back')).stdout),
    );
    await until('it is one again', async () => /not of version 1/.test((await cli('dead-letters')).stdout));
  });

  test('with no URL set nobody is called, and nothing is kept', async () => {
    await using server = await receiver();
    await type(server.origin, 'customer.create', 'customer.edit');
    await clear(stack.deps, 'customer.create');
    const kept = async (AccountID: string) =>
      (await failed(stack.deps, { trigger: 'customer.create' })).filter((f) =>
        f.notification?.formattedString.endsWith(AccountID),
      );
    // Capture knows it within 5 s. The edit is the same record's, so that the create is settled when it arrives.
    await until('nothing is made of a create', async () => {
      const AccountID = id('nobody');
      await stack.agent.do('create', 'customer', { AccountID });
      await stack.agent.do('edit', 'customer', { AccountID });
      await until('its edit', () => server.calls.some(({ target }) => target.endsWith(`edit?AccountID=${AccountID}`)));
      return (await kept(AccountID)).length === 0;
    });
    assert.ok(server.calls.every(({ headers }) => headers['crm-trigger'] === 'customer.edit'));
    assert.equal(await stack.deps.backlog.count('customer.create', 'held'), 0);
    for (const f of await failed(stack.deps, { trigger: 'customer.create' })) await stack.deps.backlog.forget(f);
  });

  // Behind the test before, so that capture knows that customer.create has no URL.
  test('a backfill sends the create of every row, after a dry run', async () => {
    await using server = await receiver();
    await type(server.origin, 'customer.edit');
    const mark = id('backfill');
    for (let i = 0; i < 5; i++) await stack.agent.do('create', 'customer', { AccountID: `${mark}-${i}`, mark });
    for (let i = 0; i < 5; i++) await stack.agent.do('edit', 'customer', { AccountID: `${mark}-${i}` });
    const of = (trigger: Trigger) => server.calls.filter((c) => c.target.startsWith(`/${trigger}?AccountID=${mark}`));
    await until('the edits, which come behind the creates', () => of('customer.edit').length >= 5);
    assert.equal(of('customer.create').length, 0);
    await type(server.origin, 'customer.create');
    const since = ['--since', mark, '--by', 'mark'];
    assert.match((await cli('backfill', 'customer.create', ...since)).stdout, /^5 would be sent: add --yes\.\n$/);
    assert.match((await cli('backfill', 'customer.create', ...since, '--yes')).stdout, /^5 sent\n$/);
    await until('five calls', () => of('customer.create').length >= 5);
    assert.match((await cli('backfill', 'customer.delete')).stderr, /^There is no row of what was deleted: /);
    assert.match((await cli('backfill', 'customer.create', '--pace', '0')).stderr, /^--pace is how many a second/);
  });

  describe('the command line', () => {
    test('set, list and clear type and show the URLs', async () => {
      const entered = await cli('set', 'task.edit', 'https://MÜLLER.example/x?y#z');
      assert.match(
        entered.stdout,
        /^task\.edit calls https:\/\/xn--mller-kva\.example\/x\?y#z \(what you entered, normalised\)\n$/,
      );
      const listed = await cli('list', '--json');
      const lines = JSON.parse(listed.stdout) as { trigger: string; url: string | null }[];
      assert.deepEqual(
        lines.map(({ trigger }) => trigger),
        triggers,
      );
      assert.equal(lines.find(({ trigger }) => trigger === 'task.edit')?.url, 'https://xn--mller-kva.example/x?y#z');
      assert.equal((await cli('clear', 'task.edit')).status, 0);
      assert.match((await cli('list')).stdout, /^task\.edit +-$/m);
    });

    test('a URL that cannot be called is rejected in one line', async () => {
      const { status, stdout, stderr } = await cli('set', 'task.edit', 'example.com');
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^The URL for task\.edit does not begin with http:\/\/ or https:\/\/\. Fix: .+\n$/);
    });

    test('test goes through the real queue and function, and says the response', async () => {
      let status = 200;
      await using server = await receiver((_, response) =>
        response.writeHead(status).end('got \u001b[31mit\u009b\u202e'),
      );
      await type(server.origin, 'followup.delete');
      const good = await cli('test', 'followup.delete', '--json');
      assert.equal(good.status, 0, good.stderr);
      const body = 'got \u001b[31mit\u009b\u202e';
      assert.partialDeepStrictEqual(JSON.parse(good.stdout), { delivered: true, response: 'HTTP 200', body });
      assert.doesNotMatch(good.stdout, /[^\P{C}\n]/u);
      assert.equal(server.calls[0]?.headers['crm-trigger-test'], 'true');
      assert.match(
        server.calls[0]?.target ?? '',
        /^\/followup\.delete\?AccountID=[^&]+&CaseID=[^&]+&FollowupID=[^&]+$/,
      );
      status = 418;
      const bad = await cli('test', 'followup.delete');
      assert.equal(bad.status, 1);
      assert.match(bad.stdout, /not delivered, HTTP 418 after \d+ ms\ngot \ufffd\[31mit\ufffd\ufffd\n$/);
      assert.equal(server.calls.length, 2, 'a test is not tried again');
    });

    test('secret shows and replaces what calls are signed with; header sets and removes one, and never shows its value', async () => {
      await set(stack.deps, 'task.edit', 'https://example.com/');
      const [first = ''] = (await cli('secret', 'show', 'task.edit')).stdout.split('\n');
      assert.match(first, /^whsec_[\w+/]{43}=$/);
      const [second = '', ...old] = (await cli('secret', 'rotate', 'task.edit')).stdout.split('\n');
      assert.match(second, /^whsec_[\w+/]{43}=$/);
      assert.equal(old[0]?.split('  ')[0], first);
      const wrong = await cli('secret', 'steal', 'task.edit');
      assert.deepEqual(
        [wrong.status, wrong.stderr.split('.')[0]],
        [2, 'Write crm-triggers secret show|rotate TRIGGER'],
      );

      const given = await cliWith('Bearer MARKER\n', 'header', 'set', 'task.edit', 'Authorization');
      assert.equal(given.stdout, 'task.edit sends authorization; its value is not shown again\n');
      const listed = await cli('list');
      assert.match(listed.stdout, /^task\.edit .*\(sends authorization\)$/m);
      const hostile = await cliWith('a\r\nx-other: MARKER', 'header', 'set', 'task.edit', 'X-Token');
      assert.equal(hostile.status, 1);
      for (const { stdout, stderr } of [given, listed, hostile, await cli('list', '--json'), await cli('export')])
        assert.doesNotMatch(stdout + stderr, /MARKER/);
      assert.equal((await cli('header', 'remove', 'task.edit', 'authorization')).status, 0);
      assert.equal((await cli('header', 'remove', 'task.edit', 'authorization')).status, 1);
      // Several at once, each by a process of its own: none is lost.
      const names = ['x-a', 'x-b', 'x-c'];
      const statuses = await Promise.all(names.map((name) => cliWith('v', 'header', 'set', 'task.edit', name)));
      assert.deepEqual(
        statuses.map(({ status }) => status),
        [0, 0, 0],
      );
      const lines = JSON.parse((await cli('list', '--json')).stdout) as { trigger: string; headers: string[] }[];
      assert.deepEqual(lines.find(({ trigger }) => trigger === 'task.edit')?.headers.sort(), names);
      for (const name of names) await cli('header', 'remove', 'task.edit', name);
    });

    test('a test of a trigger without a URL is rejected', async () => {
      await clear(stack.deps, 'case.delete');
      const { status, stderr } = await cli('test', 'case.delete');
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^case\.delete cannot be tested: no URL is set for case\.delete\. To fix this, set one with .+\n$/,
      );
    });

    test('what export prints, import restores; a file with anything wrong changes nothing', async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-test-'));
      t.after(() => rm(folder, { recursive: true }));
      const file = join(folder, 'urls.json');
      for (const trigger of triggers) await clear(stack.deps, trigger);
      await set(stack.deps, 'customer.edit', 'https://one.example/');
      const exported = (await cli('export')).stdout;
      assert.deepEqual(Object.keys(JSON.parse(exported)), triggers);
      await writeFile(file, exported);

      await set(stack.deps, 'customer.edit', 'https://two.example/');
      await set(stack.deps, 'task.create', 'https://three.example/');
      const imported = await cli('import', file, '--json');
      const changes = JSON.parse(imported.stdout);
      assert.partialDeepStrictEqual(changes, [
        { trigger: 'customer.edit', was: 'https://two.example/', is: 'https://one.example/' },
        { trigger: 'task.create', was: 'https://three.example/', is: null },
      ]);
      assert.equal(changes.length, 2);
      assert.equal((await cli('export')).stdout, exported);
      assert.match((await cli('import', file)).stdout, /^Nothing to change/);

      await writeFile(file, JSON.stringify({ 'task.edit': 'https://x/', 'task.undo': 'https://x/', 'case.edit': 7 }));
      const rejected = await cli('import', file);
      assert.equal(rejected.status, 1);
      assert.match(rejected.stderr, /^There is no trigger "task\.undo": .+\nThe URL for case\.edit is not text: .+\n$/);
      assert.equal((await cli('export')).stdout, exported);
      assert.match((await cli('import', join(folder, 'none.json'))).stderr, /^Cannot read .+: ENOENT\.\n$/);
    });
  });
});
