import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { BackfillFile } from '../../cli/backfill-file.ts';
import { recordHash } from '../../functions/core/record-hash.ts';
import { type BackfillProgress, backfill } from '../../functions/operations/backfill.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';

type Key = Record<string, AttributeValue>;

const PAGE = 100;
const from = { trigger: 'customer.create', run: 'run', sent: 0, skipped: 0 } as const;
const options = { by: 'updatedAt', pace: 1_000, dryRun: false };

/** A customer table with a binary key. */
async function world(rows: number) {
  const keyOf = (n: number) => ({ pk: { B: Buffer.from([200, n >> 8, n & 255]) } });
  const scans: (Key | undefined)[] = [];
  const send = async ({ input }: { input: { Limit?: number; ExclusiveStartKey?: Key } }) => {
    if (input.Limit === undefined) return { Table: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] } };
    scans.push(input.ExclusiveStartKey);
    const after = input.ExclusiveStartKey?.pk?.B as Uint8Array | undefined;
    // DynamoDB rejects a key of another type.
    if (input.ExclusiveStartKey && !(after instanceof Uint8Array)) throw new Error('ValidationException');
    const begin = after ? (after[1] ?? 0) * 256 + (after[2] ?? 0) + 1 : 0;
    const end = Math.min(begin + PAGE, rows);
    const Items = Array.from({ length: end - begin }, (_, i) => ({
      ...keyOf(begin + i),
      AccountID: { S: `a${begin + i}` },
    }));
    return { Items, ...(end < rows && { LastEvaluatedKey: keyOf(end - 1) }) };
  };
  const made = adminWorld({ dynamodb: { send }, crmTables: { customer: 'Customers' } });
  await set(made.deps, 'customer.create', 'https://example.com/');
  return { ...made, scans, keyOf };
}

test('rejects a backfill without a URL and sends nothing', async () => {
  const { deps, sent } = await world(3);
  await clear(deps, 'customer.create');
  await assert.rejects(backfill(deps, from, options).next(), {
    name: 'UserError',
    message: /^customer\.create cannot be backfilled: no URL is set for customer\.create\. To fix this, set one with /,
  });
  assert.equal(sent.length, 0);
});

test('stops a backfill when the URL is cleared, and continues it after a URL is set', async () => {
  const { deps, sent } = await world(250);
  let stoppedAt: BackfillProgress | undefined;
  const run = async (start: Omit<BackfillProgress, 'done'>) => {
    for await (const progress of backfill(deps, start, options)) {
      stoppedAt = JSON.parse(JSON.stringify(progress)) as BackfillProgress;
      if (progress.sent === 100) await clear(deps, 'customer.create');
    }
  };
  await assert.rejects(run(from), { name: 'UserError' });
  assert.equal(sent.length, 100);
  await set(deps, 'customer.create', 'https://example.com/');
  await run(stoppedAt ?? assert.fail());
  assert.deepEqual(
    sent.map(({ formattedString }) => formattedString),
    Array.from({ length: 250 }, (_, n) => `?AccountID=a${n}`),
  );
  assert.equal(stoppedAt?.done, true);
});

test('uses the same record hash as capture for a row with a binary key', async () => {
  const { deps, sent, keyOf } = await world(1);
  for await (const _ of backfill(deps, from, options));
  const inStream = { pk: { B: keyOf(0).pk.B.toString('base64') } };
  assert.equal(sent[0]?.record, recordHash('customer', inStream as never));
});

describe('the file with the progress of a backfill', () => {
  const of = { trigger: 'customer.create', table: 'Customers', by: 'updatedAt' } as const;
  const folderOf = async (t: TestContext) => {
    const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-test-'));
    t.after(() => rm(folder, { recursive: true }));
    return folder;
  };

  test('is read by the same backfill, and deleted at its end', async (t) => {
    const folder = await folderOf(t);
    const file = new BackfillFile({ ...of, since: '2026' }, folder);
    const progress = { ...from, sent: 100, after: { pk: { B: 'yAA=' } }, done: false };
    await file.write(progress);
    assert.deepEqual(await new BackfillFile({ ...of, since: '2026' }, folder).read(), progress);
    assert.deepEqual(await readdir(folder), ['crm-triggers-backfill-customer.create.json']);
    await file.remove();
    assert.partialDeepStrictEqual(await file.read(), { sent: 0, done: false });
  });

  for (const [title, other] of [
    ['of another deployment', { table: 'Customers-prod' }],
    ['with another --since', { since: '2026' }],
    ['with another --by', { by: 'createdAt' }],
  ] as const)
    test(`is rejected for a backfill ${title}`, async (t) => {
      const folder = await folderOf(t);
      await new BackfillFile(of, folder).write({ ...from, sent: 100, after: { pk: { S: 'x' } }, done: false });
      await assert.rejects(new BackfillFile({ ...of, ...other }, folder).read(), {
        name: 'UserError',
        message:
          /crm-triggers-backfill-customer\.create\.json belongs to another backfill: .+ To begin a new one, delete the file\.$/,
      });
    });

  for (const text of ['', '{"trigger"', '{"trigger":"customer.create","run":"r","sent":5,"skipped":0,"done":false}'])
    test(`is rejected if its content is ${JSON.stringify(text)}`, async (t) => {
      const folder = await folderOf(t);
      await writeFile(join(folder, 'crm-triggers-backfill-customer.create.json'), text);
      await assert.rejects(new BackfillFile(of, folder).read(), { name: 'UserError' });
    });
});
