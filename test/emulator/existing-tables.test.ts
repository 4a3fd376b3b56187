import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { RecordCounts } from '../../functions/adapters/record-counts.ts';
import { entityNames, triggers } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { backfill } from '../../functions/operations/backfill.ts';
import { findDeployment } from '../../functions/operations/deployment.ts';
import type { Finding } from '../../functions/operations/doctor/check.ts';
import { Inspector, liveAws } from '../../functions/operations/doctor/inspector.ts';
import { doctor } from '../../functions/operations/doctor.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { set } from '../../functions/operations/set-url.ts';
import { runningEmulator, until } from '../support/emulator.ts';
import { existingTables } from '../support/existing-tables.ts';
import { misconfigurations } from '../support/misconfigurations.ts';
import { receiver } from '../support/receiver.ts';
import { windowThatLasts } from '../support/record-window.ts';
import { notification } from '../support/records.ts';

const guards = { silencedBy: 'written_by', recordLimit: { changes: 5, perSeconds: windowThatLasts() } };

const run = `existing-${process.pid}-${Date.now().toString(36)}`;
let emulator: Awaited<ReturnType<typeof runningEmulator>>;
let tables: Awaited<ReturnType<typeof existingTables>>;
let deps: Awaited<ReturnType<typeof findDeployment>>;
let server: Awaited<ReturnType<typeof receiver>>;

/** The action of the receiver at a call for a customer. */
const writesBack = new Map<string, () => Promise<unknown>>();

before(async () => {
  emulator = await runningEmulator();
  tables = await existingTables(run);
  await emulator.deploy({ settings: { tables: tables.settings, ...guards } });
  deps = await findDeployment();
  server = await receiver(async ({ target }, response) => {
    response.end();
    await writesBack.get(target.split('AccountID=')[1] ?? '')?.();
  });
  for (const trigger of triggers) await set(deps, trigger, `${server.origin}/${trigger}`);
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await tables?.drop();
  await emulator?.stop();
});

/** Runs the command line against the stack. */
const cli = (...words: string[]) =>
  new Promise<{ status: number; stdout: string }>((resolve) => {
    const file = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
    execFile(process.execPath, [file, ...words], (error, stdout) =>
      resolve({ status: (error?.code as number | undefined) ?? 0, stdout }),
    );
  });

/** Changes the record limit of the capture function for customers. */
async function setLimit(limit: object | null) {
  const look = await new Inspector(liveAws()).at('CrmTriggers');
  const { FunctionName, Environment } = (await look.function('CaptureCustomer')) ?? {};
  const Variables = { ...Environment?.Variables, RECORD_LIMIT: JSON.stringify(limit) };
  await look.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
}

const callsOf = (text: string) => server.calls.filter(({ target }) => target.includes(text));

describe('a stack with existing tables', () => {
  test('calls with the correct formatted strings, and makes no call for an edit of ignored attributes', async () => {
    const rows = {
      customer: { account_id: 'a' },
      case: { account: 'a', number: 'c' },
      followup: { pk: 'x', sk: 'f', account: 'a', case: 'c' },
      task: { AccountID: 'a', id: 't' },
    };
    for (const entity of entityNames) {
      await tables.put(entity, rows[entity]);
      await tables.update(entity, rows[entity], { updated_at: 'now' });
      await tables.update(entity, rows[entity], { updated_at: 'later', note: 'n' });
      await tables.delete(entity, rows[entity]);
    }
    await until('eleven calls', () => server.calls.length >= 11);
    const strings = {
      customer: '?AccountID=a',
      case: '?AccountID=a&CaseID=c',
      followup: '?AccountID=a&CaseID=c&FollowupID=f',
      task: '?AccountID=a&TaskID=t',
    };
    assert.deepEqual(
      server.calls.map(({ target }) => target).sort(),
      triggers.map((trigger) => `/${trigger}${strings[trigger.split('.')[0] as keyof typeof strings]}`).sort(),
    );
  });

  test('moves a row without an ID to Failed, redelivers it after a fix, and backfills the rows', async () => {
    await tables.put('case', { number: 'fixed' });
    const invalid = await until(
      'a failed notification',
      async () => (await failed(deps, { trigger: 'case.create' }))[0],
    );
    assert.equal(invalid.reason, 'AccountID (account) is missing');
    await tables.update('case', { number: 'fixed' }, { account: 'b' });
    assert.deepEqual(await redeliver(deps, [invalid]), [{ id: invalid.id, trigger: 'case.create' }]);
    const target = '/case.create?AccountID=b&CaseID=fixed';
    await until('the redelivered call', () => callsOf(target).length === 1);
    const from = { trigger: 'case.create', run: randomUUID(), sent: 0, skipped: 0 } as const;
    for await (const { sent } of backfill(deps, from, { by: '', pace: 100, dryRun: false })) assert.equal(sent, 1);
    await until('the call of the backfill', () => callsOf(target).length === 2);
  });

  test('doctor has no findings after the deployment', async () => {
    assert.deepEqual(await doctor(deps), { findings: [], inconclusive: [], notes: [] });
  });

  test('calls a receiver that writes back each time, until the record limit moves further changes to Failed', async () => {
    const row = { account_id: 'loop' };
    writesBack.set('loop', () => tables.update('customer', row, { seen: randomUUID() }));
    await setLimit(null);
    await tables.put('customer', row);
    await until('a loop', () => callsOf('=loop').length > 10);
    await setLimit(guards.recordLimit);
    const overLimit = await until(
      'the first change over the limit',
      async () => (await failed(deps, { trigger: 'customer.edit' }))[0],
    );
    assert.match(overLimit.reason, /^it looks like a loop: more than 5 changes of this record within \d+ s$/);
    const callCount = callsOf('=loop').length;
    // A later change of the same record comes after all changes of the loop.
    await tables.update('customer', row, { seen: 'later' });
    await until('the later change is in Failed', async () => {
      const all = await failed(deps, { trigger: 'customer.edit' });
      return all.some(({ sequence }) => BigInt(sequence) > BigInt(overLimit.sequence));
    });
    assert.equal(callsOf('=loop').length, callCount);
    const sequences = callsOf('=loop').map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
    assert.ok(sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] ?? 0n)));
    assert.ok(BigInt(overLimit.sequence) > (sequences.at(-1) ?? 0n));
  });

  test('counts a change once, also when it is repeated, and gives the same result in a full window', async () => {
    const counts = new RecordCounts(deps.outputs.BacklogTable, { changes: 3, perSeconds: 60 });
    const record = createHash('sha256').update(run).digest('hex');
    const change = (sequence: number) =>
      notification({ record, sequence: String(sequence), changedAt: 1_760_000_040_000 });
    const overLimit = async (...changes: Notification[]) =>
      [...(await counts.overLimit(changes))].map((n) => n.sequence);
    assert.deepEqual(await overLimit(change(8), change(9)), []);
    assert.deepEqual(await overLimit(change(8), change(9)), [], 'a repeat');
    assert.deepEqual(await overLimit(change(10), change(11)), ['11']);
    assert.deepEqual(await overLimit(change(9), change(10), change(11), change(12)), ['11', '12'], 'half a repeat');
    assert.deepEqual(await overLimit(change(12)), ['12']);
    assert.deepEqual(await overLimit({ ...change(13), changedAt: 1_760_000_100_000 }), [], 'another window');
    assert.deepEqual(await overLimit({ ...change(14), record: record.replace(/./, 'x') }), [], 'another record');
  });

  test('makes no call for a marked write of the receiver, and calls for later writes of others', async () => {
    const row = { account_id: 'marked' };
    const marked = Promise.withResolvers<void>();
    writesBack.set('marked', async () => {
      await tables.update('customer', row, { seen: randomUUID(), written_by: randomUUID() });
      marked.resolve();
    });
    await tables.put('customer', row);
    await marked.promise;
    writesBack.delete('marked');
    await tables.update('customer', row, { note: 'by an agent' });
    await tables.delete('customer', row);
    await until("the agent's delete", () => callsOf('/customer.delete?AccountID=marked').length > 0);
    assert.deepEqual(
      callsOf('=marked').map(({ target }) => target.split('?')[0]),
      ['/customer.create', '/customer.edit', '/customer.delete'],
    );
  });

  test(`doctor finds each of ${misconfigurations.length} misconfigurations, and says how to fix it`, async (t) => {
    const look = await new Inspector(liveAws()).at('CrmTriggers');
    for (const { plant } of misconfigurations) await plant(await findDeployment(), look);
    const { status, stdout } = await cli('doctor', '--json');
    assert.equal(status, 1);
    const { findings, inconclusive } = JSON.parse(stdout);
    assert.deepEqual(inconclusive, []);
    for (const { title, where, what, fix } of misconfigurations)
      await t.test(title, () => {
        const fits = (f: Finding) => where.test(f.where) && what.test(f.what) && fix.test(f.fix);
        assert.ok(findings.some(fits), JSON.stringify(findings, null, 1));
      });
    // The stream with only keys also has another ARN, which is one more finding.
    assert.equal(findings.length, misconfigurations.length + 1);
  });

  test('keeps the tables and rows when the stack is deleted', async () => {
    const client = new CloudFormationClient();
    await client.send(new DeleteStackCommand({ StackName: 'CrmTriggers' }));
    await waitUntilStackDeleteComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: 'CrmTriggers' });
    for (const entity of entityNames) assert.equal((await tables.describe(entity))?.TableStatus, 'ACTIVE');
    assert.equal((await tables.describe('customer'))?.ItemCount, 1);
  });
});
