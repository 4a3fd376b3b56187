import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Trigger } from '../../functions/core/entity.ts';
import { failed } from '../../functions/operations/failed.ts';
import { set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { deployedStack, until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { saboteur } from '../support/saboteur.ts';

const usedTriggers = ['customer.create', 'customer.edit'] as const satisfies Trigger[];

let stack: Awaited<ReturnType<typeof deployedStack>>;

before(async () => {
  stack = await deployedStack();
});
after(() => stack?.end(...usedTriggers));

const ROWS = 15;

/** Deliver is killed during the nth call, before it gets the response. */
const KILLS_AT_CALLS = [10, 40];

/** Capture is killed after the queue has accepted its nth batch, before it gets the response. */
const KILLS_AT_SENDS = [4, 19, 28];

/** Drain is killed during the first of these calls, and at the first request after the second of them. */
const KILLS_AT_DRAINED = [3, 6];

test('loses and reorders no notification when functions die within a batch, requests fail, or the queue accepts half a batch', {
  timeout: 500_000,
}, async (t) => {
  const run = `crash-${process.pid}-${Date.now().toString(36)}`;
  const accepted: Call[] = [];
  const interrupted: string[] = [];
  let isDown = false;
  let drained: number | undefined;
  await using server = await receiver(async (call, response) => {
    const isEdit = call.target.startsWith('/customer.edit');
    const killed = isEdit && drained !== undefined ? killsDrain(++drained) : killsDeliver(server.calls.length);
    // The receiver has processed a call even if the function died.
    if (!isDown || !isEdit) accepted.push(call);
    if (!killed) return void response.writeHead(isDown && isEdit ? 500 : 200).end();
    response.once('close', () => interrupted.push(killed));
    await harmful.kill(killed);
  });
  for (const trigger of usedTriggers) await set(stack.deps, trigger, `${server.origin}/${trigger}`);

  const { Functions = [] } = await new LambdaClient().send(new ListFunctionsCommand());
  const named = (part: string) => Functions.find((f) => f.FunctionName?.includes(part))?.FunctionName ?? part;
  const [capture, deliver, drain] = ['CaptureCustomer', 'Deliver', 'Drain'].map(named) as [string, string, string];
  const harmful = await saboteur(stack.endpoint);
  const killsDeliver = (n: number) => (KILLS_AT_CALLS.includes(n) ? deliver : undefined);
  const killsDrain = (n: number) => {
    if (n === KILLS_AT_DRAINED[1]) harmful.killAtRequest(drain);
    return n === KILLS_AT_DRAINED[0] ? drain : undefined;
  };
  const line = async (wanted: Trigger) => (await list(stack.deps)).find(({ trigger }) => trigger === wanted);
  const kills = () => harmful.harm.kills;
  /** Ends the lease of a dead drain, which would last almost a minute longer. */
  const endLease = () =>
    new DynamoDBClient().send(
      new UpdateItemCommand({
        TableName: stack.outputs.TriggersTable,
        Key: { trigger: { S: 'customer.edit' } },
        UpdateExpression: 'SET leaseUntil = :now',
        ExpressionAttributeValues: { ':now': { N: String(Date.now()) } },
      }),
    );
  let writes = 0;
  try {
    await harmful.shortenVisibility(stack.deps.queueUrl, 20);
    await harmful.sabotage(capture, { killsAtSends: KILLS_AT_SENDS });
    await harmful.sabotage(deliver);
    await harmful.sabotage(drain, { timeoutSeconds: 25 });

    const rows = Array.from({ length: ROWS }, (_, n) => ({ AccountID: `${run}-${n}` }));
    for (const row of rows) await stack.agent.do('create', 'customer', row);
    writes += ROWS;
    let turn = 0;
    /** Edits until a condition is true: mostly one row, sometimes several rows at once, which capture sends in one batch. */
    const edit = (what: string, isDone: () => boolean | Promise<boolean>) =>
      until(
        what,
        async () => {
          if (await isDone()) return true;
          const some = turn % 5 === 0 ? rows.slice(0, 6) : rows.slice(turn % ROWS, (turn % ROWS) + 1);
          turn++;
          await Promise.all(some.map((row) => stack.agent.do('edit', 'customer', row)));
          writes += some.length;
          return false;
        },
        240_000,
        300,
      );
    await edit('capture and deliver have died as often as planned', () => {
      return kills()[capture] === KILLS_AT_SENDS.length && kills()[deliver] === KILLS_AT_CALLS.length;
    });
    // The receiver of the edits is down. Deliver parks the trigger, and drain delivers its backlog during further changes.
    isDown = true;
    await edit('the trigger is parked', async () => (await line('customer.edit'))?.state === 'parked');
    await edit('the backlog is larger than the calls at which drain is killed', async () => {
      return ((await line('customer.edit'))?.waiting ?? 0) > Math.max(...KILLS_AT_DRAINED);
    });
    isDown = false;
    drained = 0;
    for (const deaths of [1, 2]) {
      let looks = 0;
      await edit(`drain has died ${deaths} times`, async () => {
        if (looks++ % 5 === 0) await stack.deps.startDrain();
        return (kills()[drain] ?? 0) >= deaths;
      });
      await endLease();
    }
    assert.equal(kills()[drain], KILLS_AT_DRAINED.length);
  } finally {
    await harmful.stop();
  }
  t.diagnostic(`${writes} writes; ${JSON.stringify(harmful.harm)}; ${interrupted.length} calls interrupted by a death`);
  assert.deepEqual(interrupted, [...KILLS_AT_CALLS.map(() => deliver), drain], 'functions died during calls');
  const { rejected, lostResponses, halfAccepted } = harmful.harm;
  assert.ok(rejected >= 10 && lostResponses >= 5 && halfAccepted >= 5, JSON.stringify(harmful.harm));

  let left = '';
  await until(
    'all notifications are delivered or failed, and both triggers are active',
    async () => {
      await stack.deps.startDrain();
      const lines = (await list(stack.deps)).filter(({ trigger }) =>
        usedTriggers.includes(trigger as (typeof usedTriggers)[number]),
      );
      const reported = new Set(accepted.map(id)).size + (await mine()).length;
      left = `${reported} of ${writes}; ${lines.map((l) => `${l.trigger} ${l.state}, ${l.waiting} wait`).join('; ')}`;
      return reported >= writes && lines.every(({ state, waiting }) => state === 'active' && waiting === 0);
    },
    240_000,
    1_500,
  ).catch((error) => assert.fail(`${error.message}: ${left}`));
  const moved = await mine();
  t.diagnostic(
    `${accepted.length} calls were accepted, for ${new Set(accepted.map(id)).size} notifications; ${moved.length} failed`,
  );
  assert.equal(new Set([...accepted.map(id), ...moved.map((f) => f.id)]).size, writes, 'changes = delivered + failed');
  const movedIds = new Set(moved.map((f) => f.id));
  for (const [lane, calls] of Map.groupBy(accepted, ({ target }) => target)) {
    const firsts = new Map<string, bigint>();
    for (const call of calls)
      if (!movedIds.has(id(call)) && !firsts.has(id(call)))
        firsts.set(id(call), BigInt(call.headers['crm-trigger-sequence'] as string));
    const sequences = [...firsts.values()];
    assert.ok(
      sequences.every((s, i) => i === 0 || s > (sequences[i - 1] as bigint)),
      `${lane} in order`,
    );
  }

  async function mine() {
    const all = await failed(stack.deps, {});
    return all.filter((f) => f.notification?.formattedString.includes(run));
  }
});

const id = ({ headers }: Call) => headers['webhook-id'] as string;
