import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { Agent } from '../../cli/local/agent.ts';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { resume } from '../../functions/operations/pause.ts';
import { searchLog } from '../../functions/operations/search-log.ts';
import { showSecret } from '../../functions/operations/signing-secrets.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { root } from '../../infra/folders.ts';
import { drained, runningEmulator, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { windowThatLasts } from '../support/record-window.ts';

/** The previous release and its commit. */
const PREVIOUS = { version: '0.2.0', commit: '11c2ab0' };

/** The settings for both releases. With short delays, a rejected notification moves to Failed during the test. */
const settings = { holdSeconds: [2, 4], recordLimit: { changes: 4, perSeconds: windowThatLasts() } };

/** The lease of a drain that died shortly before the upgrade. */
const LEASE_MS = 60_000;

const git = (...words: string[]) => execFileSync('git', words, { cwd: root, maxBuffer: 2 ** 28, stdio: 'pipe' });

function skipped(): string | false {
  if (process.env.AWS_ENDPOINT_URL)
    return 'needs its own emulator, because this release can be deployed on the given one';
  try {
    git('cat-file', '-e', `${PREVIOUS.commit}^{commit}`);
    return false;
  } catch {
    return `this checkout lacks commit ${PREVIOUS.commit} of release ${PREVIOUS.version}. To fix this, run git fetch --unshallow`;
  }
}

/** A module of the previous release. */
const ofPrevious = (file: string) => import(pathToFileURL(join(previous, file)).href);

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
let previous: string;

describe(`an upgrade from ${PREVIOUS.version}`, { skip: skipped() }, () => {
  before(async () => {
    previous = await mkdtemp(join(tmpdir(), 'crm-triggers-previous-'));
    execFileSync('tar', ['-x', '-C', previous], { input: git('archive', PREVIOUS.commit) });
    await symlink(join(root, 'node_modules'), join(previous, 'node_modules'));
    emulator = await runningEmulator();
    const { deploy } = await ofPrevious('infra/local/deploy.ts');
    await deploy(emulator.endpoint, new AbortController().signal, { settings });
  });
  after(async () => {
    await emulator?.stop();
    if (previous) await rm(previous, { recursive: true, force: true });
  });

  test('delivers pending, failed and new notifications in order, and keeps URLs, secrets and headers', async () => {
    let isFixed = false;
    /** The fault of each trigger's receiver before it is fixed. */
    const faults: Partial<Record<Trigger, (target: string) => [status: number, retryAfter?: string]>> = {
      'customer.create': (target) => [target.endsWith('=rejected') ? 404 : 200],
      'customer.edit': () => [503, '20'],
      'customer.delete': () => [500],
      'task.create': () => [410],
    };
    await using server = await receiver(({ target }, response) => {
      const fault = faults[target.slice(1).split('?')[0] as Trigger];
      const [status, retryAfter] = (!isFixed && fault?.(target)) || [200];
      response.writeHead(status, retryAfter ? { 'retry-after': retryAfter } : {}).end();
    });
    const agent = new Agent(await stackOutputs());
    const old = await (await ofPrevious('functions/admin/deployment.ts')).findDeployment();
    const admin = await ofPrevious('functions/admin/triggers.ts');
    const secrets = await ofPrevious('functions/admin/secrets.ts');
    const oldFailed = (await ofPrevious('functions/admin/failed.ts')).failed;
    const line = async (wanted: Trigger) =>
      (await admin.list(old)).find(({ trigger }: { trigger: Trigger }) => trigger === wanted);
    const callsOf = (trigger: Trigger) => server.calls.filter(({ target }) => target.startsWith(`/${trigger}?`));
    // Unlike AWS, the emulator stops a running function when it is updated. Its batch then returns to the queue after this time.
    const Attributes = { VisibilityTimeout: '30' };
    await old.sqs.send(new SetQueueAttributesCommand({ QueueUrl: old.queueUrl, Attributes }));
    for (const trigger of triggers) await admin.set(old, trigger, `${server.origin}/${trigger}`);
    await secrets.setHeader(old, 'case.edit', 'X-Token', 'of-the-old-release');
    const { secret } = await secrets.showSecret(old, 'case.edit');

    // Paused by an admin, with changes of three records in its backlog.
    await admin.pause(old, 'case.edit');
    const cases = ['a', 'b', 'c'].map((AccountID) => ({ AccountID, CaseID: 'paused' }));
    for (const row of cases) await agent.do('create', 'case', row);
    for (let n = 0; n < 2; n++) for (const row of cases) await agent.do('edit', 'case', row);
    // Paused by a 410.
    await agent.do('create', 'task', { AccountID: 'gone', TaskID: 't' });
    // Parked after ten consecutive failures.
    const parked = Array.from({ length: 12 }, (_, n) => ({ AccountID: `parked-${n}` }));
    for (const row of parked) await agent.do('create', 'customer', row);
    for (const row of parked) await agent.do('delete', 'customer', row);
    // Waiting for retry in the queue, with two more changes of the same record behind it.
    const waiting = { AccountID: 'retried' };
    await agent.do('create', 'customer', waiting);
    for (let n = 0; n < 3; n++) await agent.do('edit', 'customer', waiting);
    // In Failed: a notification that only its receiver rejects, and a row without an ID.
    await agent.do('create', 'customer', { AccountID: 'rejected' });
    await until('the first attempt', () =>
      callsOf('customer.create').some(({ target }) => target.endsWith('=rejected')),
    );
    await agent.do('create', 'customer', { AccountID: 'accepted' });
    await agent.create('followup', { CaseID: 'c', FollowupID: 'f' });
    // Draining and finishing, with the lease of a drain that died.
    const tasks = ['x', 'y'].map((AccountID) => ({ AccountID, TaskID: 'leased' }));
    for (const trigger of ['task.delete', 'case.delete']) await admin.pause(old, trigger);
    for (const row of tasks) for (const action of ['create', 'delete'] as const) await agent.do(action, 'task', row);

    await until('the paused notifications are pending', async () => (await line('case.edit')).waiting === 6);
    await until('task.create is paused by 410', async () => (await line('task.create'))?.state === 'paused');
    await until('customer.delete is parked', async () => {
      const { state, waiting } = await line('customer.delete');
      return state === 'parked' && waiting === parked.length;
    });
    await until('two notifications in Failed', async () => (await oldFailed(old, {})).length === 2);
    await until(
      'the notifications to drain are pending',
      async () => (await line('task.delete')).waiting === tasks.length,
    );
    const at = Date.now();
    for (const trigger of ['task.delete', 'case.delete']) {
      assert.ok(await old.triggersTable.lease(trigger, at + LEASE_MS, at));
      assert.ok(await old.triggersTable.move(trigger, 'resume'));
    }
    assert.ok(await old.triggersTable.move('case.delete', 'emptied'));
    await until('customer.edit waits for retry', async () => (await old.backlog.count('customer.edit', 'held')) > 0);

    let written = 0;
    let isUpgrading = true;
    const writing = (async () => {
      while (isUpgrading || written < 20) {
        await agent.do('create', 'followup', { AccountID: `w${written++}`, CaseID: 'c', FollowupID: `w${written}` });
        await sleep(20);
      }
    })();
    await emulator.deploy({ settings });
    isUpgrading = false;
    await writing;

    const now = await findDeployment();
    isFixed = true;
    const { entries } = await now.history.read(100);
    assert.equal(entries.filter(({ what }) => what === 'url').length, triggers.length, 'the history is kept');
    for (const trigger of ['case.edit', 'task.create'] as const) await resume(now, trigger);
    await agent.edit('followup', { AccountID: 'a', CaseID: 'c', FollowupID: 'f' });
    const lost = await failed(now, {});
    assert.equal(lost.length, 2);
    for (const { rejected } of await redeliver(now, lost)) assert.equal(rejected, undefined);
    await drained(now, 'all triggers are active without pending notifications', async () => {
      const lines = await list(now);
      return lines.every(({ state, waiting }) => state === 'active' && waiting === 0);
    });
    await drained(now, 'all new notifications have arrived', () => callsOf('followup.create').length >= written + 1);

    await drained(now, 'masked URLs of all triggers are stored', async () => {
      const shown = await now.triggersTable.readShown(triggers);
      return triggers.every((trigger) => shown.get(trigger)?.url === `${server.origin}/${trigger}`);
    });

    const expected: [Trigger, string[]][] = [
      ['case.edit', cases.flatMap(({ AccountID }) => Array(2).fill(`AccountID=${AccountID}&CaseID=paused`))],
      [
        'task.create',
        [...tasks, { AccountID: 'gone', TaskID: 't' }].map((t) => `AccountID=${t.AccountID}&TaskID=${t.TaskID}`),
      ],
      ['task.delete', tasks.map(({ AccountID }) => `AccountID=${AccountID}&TaskID=leased`)],
      [
        'customer.create',
        ['retried', 'rejected', 'accepted', ...parked.map((p) => p.AccountID)].map((id) => `AccountID=${id}`),
      ],
      ['customer.edit', Array(3).fill('AccountID=retried')],
      ['customer.delete', parked.map(({ AccountID }) => `AccountID=${AccountID}`)],
    ];
    for (const [trigger, targets] of expected) {
      const ids = Map.groupBy(callsOf(trigger), ({ headers }) => headers['webhook-id']);
      const last = [...ids.values()].map((calls) => calls.at(-1)?.target.split('?')[1]);
      assert.deepEqual(last.sort(), targets.sort(), `${trigger}: each change arrives`);
    }
    for (const [record, calls] of Map.groupBy(server.calls, ({ target }) => target)) {
      const sequences = calls.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
        `${record} in order`,
      );
    }
    for (const { headers } of callsOf('case.edit')) assert.equal(headers['x-token'], 'of-the-old-release');
    assert.equal((await showSecret(now, 'case.edit')).secret, secret);
    for (const trigger of triggers) assert.equal(await now.backlog.count(trigger, 'held'), 0, trigger);
    assert.deepEqual(await failed(now, {}), []);

    // Two changes of this record were counted before the upgrade.
    const [counted] = cases;
    for (let n = 0; n < 2; n++) await agent.do('edit', 'case', counted as (typeof cases)[0]);
    await until('the fifth change is over the limit', async () => {
      const [over] = await failed(now, { trigger: 'case.edit' });
      return over && /more than 4 changes/.test(over.reason);
    });
    await until('the log contains attempts of both releases', async () => {
      const { entries } = await searchLog(now, { trigger: 'task.create' }, 100, 100);
      const outcomes = entries.filter((entry) => entry.formattedString.includes('=gone')).map(({ outcome }) => outcome);
      return outcomes.includes('gone') && outcomes.includes('delivered');
    });
  });
});
