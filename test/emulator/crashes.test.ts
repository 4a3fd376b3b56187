import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { failed } from '../../functions/admin/failed.ts';
import { clear, list, set } from '../../functions/admin/triggers.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { deployedStack, until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { saboteur } from '../support/saboteur.ts';

const typed = ['customer.create', 'customer.edit'] as const satisfies Trigger[];

let stack: Awaited<ReturnType<typeof deployedStack>>;

before(async () => {
  stack = await deployedStack();
});
after(async () => {
  for (const trigger of typed) await clear(stack.parts, trigger);
  await stack.stop();
});

const SECONDS = 50;
const ROWS = 15;

test('functions that die in mid-batch, requests that fail and a queue that takes half a batch lose nothing and swap nothing', {
  timeout: 400_000,
}, async (t) => {
  const run = `crash-${process.pid}-${Date.now().toString(36)}`;
  const started = Date.now();
  const elapsed = () => (Date.now() - started) / 1000;
  const good: Call[] = [];
  let brokenOff = 0;
  await using server = await receiver((call, response) => {
    // Edits find their destination down for a while, so that deliver parks and drain drains while changes go on.
    const fails = elapsed() > 12 && elapsed() < 22 && call.target.startsWith('/customer.edit');
    if (!fails) good.push(call);
    response.on('close', () => {
      if (!response.writableFinished) brokenOff++;
    });
    setTimeout(() => response.writeHead(fails ? 500 : 200).end(), 150);
  });
  for (const trigger of typed) await set(stack.parts, trigger, `${server.origin}/${trigger}`);

  const { Functions = [] } = await new LambdaClient().send(new ListFunctionsCommand());
  const named = (part: string) => Functions.find((f) => f.FunctionName?.includes(part))?.FunctionName ?? part;
  const harmful = await saboteur(process.env.AWS_ENDPOINT_URL ?? '');
  let writes = 0;
  try {
    await harmful.shortenVisibility(stack.parts.queueUrl, 20);
    for (const part of ['CaptureCustomer', 'Deliver']) await harmful.sabotage(named(part));
    // The right to drain outlives a dead drain by its timeout.
    await harmful.sabotage(named('Drain'), 40);
    await sleep(5_500);

    const rows = Array.from({ length: ROWS }, (_, n) => ({ AccountID: `${run}-${n}` }));
    for (const row of rows) await stack.agent.do('create', 'customer', row);
    writes += ROWS;
    for (let n = 0; elapsed() < SECONDS; n++) {
      await stack.agent.do('edit', 'customer', rows[n % ROWS] as (typeof rows)[number]);
      writes++;
      if (n % 10 === 0) await stack.parts.wakeDrain();
      await sleep(100);
    }
  } finally {
    await harmful.stop();
  }
  const { deaths, ...harm } = harmful.harm;
  t.diagnostic(`${writes} writes; deaths ${JSON.stringify(count(deaths.map(short)))}, ${JSON.stringify(harm)}`);
  t.diagnostic(`${brokenOff} calls broken off by a death`);
  for (const part of ['CaptureCustomer', 'Deliver', 'Drain'])
    assert.ok(
      deaths.some((name) => name.includes(part)),
      `${part} died`,
    );
  assert.ok(brokenOff > 0, 'functions died while they called');
  assert.ok(harm.refused > 0 && harm.lostAnswers > 0 && harm.halfAccepted > 0);

  let left = '';
  await until(
    'all is delivered or failed, and both triggers are active',
    async () => {
      await stack.parts.wakeDrain();
      await sleep(2_000);
      const lines = (await list(stack.parts)).filter(({ trigger }) =>
        typed.includes(trigger as (typeof typed)[number]),
      );
      const told = new Set(good.map(id)).size + (await mine()).length;
      left = `${told} of ${writes}; ${lines.map((l) => `${l.trigger} ${l.state}, ${l.waiting} wait`).join('; ')}`;
      return told >= writes && lines.every(({ state, waiting }) => state === 'active' && waiting === 0);
    },
    240_000,
  ).catch((error) => assert.fail(`${error.message}: ${left}`));
  const given = await mine();
  t.diagnostic(
    `${good.length} calls answered well, for ${new Set(good.map(id)).size} notifications; ${given.length} failed`,
  );
  assert.equal(new Set([...good.map(id), ...given.map((f) => f.id)]).size, writes, 'changes = delivered + failed');
  const aside = new Set(given.map((f) => f.id));
  for (const [lane, calls] of Map.groupBy(good, ({ target }) => target)) {
    const firsts = new Map<string, bigint>();
    for (const call of calls)
      if (!aside.has(id(call)) && !firsts.has(id(call)))
        firsts.set(id(call), BigInt(call.headers['crm-trigger-sequence'] as string));
    const sequences = [...firsts.values()];
    assert.ok(
      sequences.every((s, i) => i === 0 || s > (sequences[i - 1] as bigint)),
      `${lane} in order`,
    );
  }

  async function mine() {
    const all = await failed(stack.parts, {});
    return all.filter((f) => f.notification?.formattedString.includes(run));
  }
});

const id = ({ headers }: Call) => headers['webhook-id'] as string;
const short = (name: string) => name.match(/Capture|Deliver|Drain/)?.[0] ?? name;
const count = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
