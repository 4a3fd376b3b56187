import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Action, type Entity, type Trigger, triggers } from '../../functions/core/entity.ts';
import { failed } from '../../functions/operations/failed.ts';
import { resume } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { deployedStack, takeEffect, until } from '../support/emulator.ts';
import { type Respond, receiver } from '../support/receiver.ts';

let stack: Awaited<ReturnType<typeof deployedStack>>;

before(async () => {
  stack = await deployedStack();
  await takeEffect(stack, ...triggers);
});
after(() => stack?.end(...triggers));

/** The fault of each trigger's receiver: a server that misbehaves, or a URL that cannot respond. */
const faults: Readonly<Record<Trigger, Respond | string>> = {
  'customer.create': (_, response) => response.writeHead(500).end(),
  'customer.edit': (_, __, socket) => socket.resetAndDestroy(),
  'customer.delete': () => {}, // hangs
  'case.create': (_, response) => response.writeHead(429, { 'retry-after': '6' }).end(),
  'case.edit': 'http://127.0.0.1:1025/rejected',
  'case.delete': (_, response) => response.writeHead(410).end(),
  'followup.create': (_, response) => response.writeHead(200).end('x'.repeat(3_000_000)), // huge, and a success
  'followup.delete': (_, __, socket) => socket.end('garbage\r\n\r\n'),
  'task.create': 'https://127.0.0.1:TLS/not-tls',
  'task.edit': 'http://no-such-host.invalid/',
  'task.delete': (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
};

const ROWS = 11;

test('delivers all changes in order after the receivers recover from their faults', {
  timeout: 500_000,
}, async () => {
  const run = `${process.pid}-${Date.now().toString(36)}`;
  await using bad = await receiver((call, response, socket) => {
    const fault = faults[call.target.slice(1).split('?')[0] as Trigger];
    if (typeof fault === 'function') fault(call, response, socket);
  });
  await using good = await receiver();
  for (const trigger of triggers) {
    const fault = faults[trigger];
    const url = typeof fault === 'string' ? fault.replace('TLS', new URL(bad.origin).port) : `${bad.origin}/${trigger}`;
    await set(stack.deps, trigger, url);
  }
  const rows: [Entity, (n: number) => Record<string, string>][] = [
    ['customer', (n) => ({ AccountID: `${run}-${n}` })],
    ['case', (n) => ({ AccountID: `${run}-${n}`, CaseID: 'c' })],
    ['followup', (n) => ({ AccountID: `${run}-${n}`, CaseID: run, FollowupID: `f${n}` })],
    ['task', (n) => ({ AccountID: `${run}-${n}`, TaskID: 't' })],
  ];
  for (const action of ['create', 'edit', 'delete'] satisfies Action[])
    for (const [entity, row] of rows)
      await Promise.all(Array.from({ length: ROWS }, (_, n) => stack.agent.do(action, entity, row(n))));
  await until('at least three triggers have pending notifications', async () => {
    const lines = await list(stack.deps);
    return lines.filter(({ state, waiting }) => state !== 'active' || waiting > 0).length >= 3;
  });
  for (const trigger of triggers) await set(stack.deps, trigger, `${good.origin}/${trigger}`);
  await until(
    'all triggers are active again without pending notifications',
    async () => {
      const lines = await list(stack.deps);
      for (const { trigger, state } of lines) if (state === 'paused') await resume(stack.deps, trigger);
      await stack.deps.startDrain();
      return lines.every(({ state, waiting }) => state === 'active' && waiting === 0);
    },
    400_000,
    2_000,
  );

  const deliveredNow = () => good.calls.filter(({ target }) => target.includes(run));
  const huge = () => bad.calls.filter(({ target }) => target.startsWith('/followup.create') && target.includes(run));
  const ids = (calls: readonly { headers: Record<string, unknown> }[]) =>
    new Set(calls.map((c) => c.headers['webhook-id']));
  let sum = 0;
  await until('changes = delivered + failed', async () => {
    const all = await failed(stack.deps, {});
    const mine = all.filter((f) => f.notification?.formattedString.includes(run));
    sum = ids([...deliveredNow(), ...huge()]).size + mine.length;
    return sum >= triggers.length * ROWS;
  }).catch(() => {});
  assert.equal(sum, triggers.length * ROWS, 'changes = delivered + failed');
  const delivered = deliveredNow();
  for (const [lane, calls] of Map.groupBy(delivered, ({ target }) => target)) {
    const sequences = calls.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
    assert.ok(
      sequences.every((s, i) => i === 0 || s >= (sequences[i - 1] as bigint)),
      lane,
    );
  }
});
