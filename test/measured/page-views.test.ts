import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import { adminApi } from '../../functions/console/api.ts';
import { triggers } from '../../functions/core/entity.ts';
import { adminWorld } from '../support/admin-world.ts';
import { createTable } from '../support/create-table.ts';
import { runningEmulator } from '../support/emulator.ts';
import { notification } from '../support/records.ts';
import { stretch } from '../support/stretch.ts';

const ATTEMPTS = 100_000;
const FAILED = 10_000;
/** As many as deliver writes at once. */
const BATCH = 10;
const LIMIT_MS = 1_000;
/** What most receivers send. */
const HEADERS =
  'content-type: application/json\ncontent-length: 17\ndate: Fri, 27 Nov 2026 14:00:00 GMT\nserver: nginx';
const HOUR_MS = 60 * 60_000;

/** The requests of the views. */
const views: readonly [title: string, path: string][] = [
  ['the status of all triggers', '/triggers'],
  ['the first page of the log', '/log?limit=100'],
  ['the log of a trigger', '/log?trigger=task.edit&limit=100'],
  ['the log of a record with one attempt, among the oldest', '/log?id=a7-rare&limit=100'],
  ['the log of a record without attempts', '/log?id=nowhere&limit=100'],
  ['the number of attempts', '/log/count'],
  ['the number of attempts of a record', '/log/count?id=a7-rare'],
  ['the log by outcome', '/log?outcome=failed&limit=100'],
  ['the calls of the last day, for the overview', `/log?since=${Date.now() - 24 * HOUR_MS}&limit=1000`],
  ['the failed notifications of today, for the overview', `/failed?since=${Date.now() - 24 * HOUR_MS}&limit=200`],
  ['the first page of Failed', '/failed?limit=100'],
  ['a later page of Failed', '/failed?limit=100&offset=500'],
  ['Failed of a trigger', '/failed?trigger=task.edit&limit=100'],
];

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
let client: DynamoDBClient;
const tables: string[] = [];
before(async () => {
  emulator = await runningEmulator();
  client = new DynamoDBClient();
});
after(async () => {
  await Promise.all(tables.map((TableName) => client.send(new DeleteTableCommand({ TableName }))));
  client?.destroy();
  await emulator?.stop();
});

async function tableFor(name: string, key: readonly string[]): Promise<string> {
  const TableName = `${randomUUID()}-${name}`;
  await createTable(client, TableName, key);
  tables.push(TableName);
  return TableName;
}

/** Does work for the numbers from 0 to `count`, at most 16 at a time. */
async function each(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const triggerOf = (n: number) => triggers[n % triggers.length] ?? 'task.edit';

async function fill(log: DeliveryLog, backlog: Backlog): Promise<void> {
  await each(ATTEMPTS / BATCH, (batch) =>
    log.write(
      Array.from({ length: BATCH }, (_, i) => {
        const n = batch * BATCH + i;
        const outcome = n % 10 === 0 ? ('failed' as const) : ('delivered' as const);
        const common = { at: Date.now(), attempt: 1, milliseconds: 20, outcome, response: 'HTTP 200' };
        return {
          ...common,
          trigger: triggerOf(n),
          id: `msg_${n}`,
          formattedString: `?AccountID=a${n}-rare`,
          headers: HEADERS,
        };
      }),
    ),
  );
  await each(FAILED, (n) => {
    const sent = notification({ trigger: triggerOf(n), changedAt: Date.now() - n });
    const { id, trigger, record, sequence, changedAt } = sent;
    const failed = { id, trigger, record, sequence, changedAt, reason: 'HTTP 404', attempts: 5 };
    return backlog.fail({ ...failed, failedAt: changedAt, notification: sent });
  });
}

test(`each view responds within ${LIMIT_MS} ms with ${ATTEMPTS} attempts in the log and ${FAILED} failed notifications`, {
  timeout: 600_000,
}, async (t) => {
  const [triggersTable, backlog, secrets, log] = [
    new Triggers(await tableFor('triggers', ['trigger']), client),
    new Backlog(await tableFor('backlog', ['list', 'place']), client),
    new Secrets(await tableFor('secrets', ['trigger']), client),
    new DeliveryLog(await tableFor('log', ['shard', 'written']), client),
  ];
  await fill(log, backlog);
  const { deps } = adminWorld({ triggersTable, backlog, secrets, log });
  const api = adminApi(deps, () => ({ who: 'ada', role: 'admin' }), openApiDocument());
  for (const [title, path] of views) {
    const stretched = stretch();
    const times: number[] = [];
    let size = 0;
    for (let n = 0; n < 5; n++) {
      const begun = performance.now();
      const response = await api.request(`/api${path}`);
      assert.equal(response.status, 200, title);
      const text = await response.text();
      size = text.length;
      if (path.startsWith('/log?id='))
        assert.equal(text.includes('msg_7"'), path.includes('=a7-'), `${title}: ${text}`);
      if (path === '/log/count?id=a7-rare') assert.equal(text, '{"count":1,"isMinimum":false}');
      times.push(Math.round(performance.now() - begun));
    }
    t.diagnostic(`${title}: ${times.join(', ')} ms, ${Math.round(size / 1024)} KiB`);
    assert.ok(Math.min(...times) / stretched() <= LIMIT_MS, `${title}: ${times} ms`);
  }
});
