import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { State } from '../../functions/core/breaker.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { examine } from '../../functions/operations/doctor/check.ts';
import { type DoctorAws, Inspector } from '../../functions/operations/doctor/inspector.ts';
import { stuckChecks, stuckFacts } from '../../functions/operations/doctor/stuck-checks.ts';
import { pause } from '../../functions/operations/pause.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';

const tried = { attempts: 1, firstAttempt: 1, response: 'HTTP 500', nextTry: 1 };

function world() {
  const made = adminWorld({ outputs: { DrainFunction: 'drain' } });
  const put = (trigger: Trigger, state: State, url?: string) =>
    made.triggersTable.put(trigger, {
      ...{ state, consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 },
      ...(url && { url }),
    });
  const parked = (trigger: Trigger) => ({ notification: notification({ trigger }), ...tried });
  const park = (trigger: Trigger, count = 1) =>
    made.backlog.park(
      Array.from({ length: count }, () => parked(trigger)),
      1,
    );
  /** The result of repeated checks, and their duration in milliseconds. */
  const look = async (meanwhile: () => Promise<unknown> = async () => {}) => {
    let waited = 0;
    const sleep = async (milliseconds: number) => {
      waited += milliseconds;
      await meanwhile();
    };
    const looked = new Inspector({} as DoctorAws);
    const findings = examine(await stuckFacts(made.deps, looked, sleep), stuckChecks);
    return { findings, waited, inconclusive: looked.inconclusive };
  };
  return { ...made, put, park, look };
}

test('the doctor finds pending notifications of a trigger without a URL that drain does not move to Failed', async () => {
  const { put, park, look } = world();
  put('task.edit', 'paused');
  put('task.create', 'draining');
  await park('task.edit', 2);
  await park('task.create');
  const { findings, waited } = await look();
  assert.deepEqual(findings.map(({ where }) => where).sort(), ['task.create', 'task.edit']);
  const [edit] = findings.filter(({ where }) => where === 'task.edit');
  assert.match(edit?.what ?? '', /^no URL is set, and notifications stay .* moved to Failed: 2$/);
  assert.match(edit?.fix ?? '', /^aws lambda invoke --function-name drain .* crm-triggers set task\.edit URL$/);
  assert.equal(waited, 70_000, 'longer than the minute in which drain runs again');
});

for (const state of ['draining', 'finishing'] as const)
  test(`the doctor finds a trigger that stays ${state} with an empty backlog`, async () => {
    const { put, look } = world();
    put('task.edit', state, 'https://example.com/');
    const { findings } = await look();
    assert.match(findings[0]?.what ?? '', new RegExp(`^it is ${state}, and its backlog is empty`));
    assert.equal(findings.length, 1);
  });

test('the doctor finds nothing after drain has changed the state, and stops', async () => {
  const { put, park, look, triggersTable, deps } = world();
  put('task.edit', 'paused');
  await park('task.edit');
  const { findings, waited } = await look(async () => {
    const { parked } = await deps.backlog.parked('task.edit', 1);
    for (const one of parked) await deps.backlog.unpark(one);
  });
  assert.deepEqual([findings, waited], [[], 5_000]);
  put('task.edit', 'finishing', 'https://example.com/');
  const ended = await look(() => triggersTable.move('task.edit', 'activate'));
  assert.deepEqual([ended.findings, ended.waited], [[], 5_000]);
});

test('the doctor does not find a backlog that gets shorter', async () => {
  const { put, park, look, deps } = world();
  put('task.edit', 'draining');
  await park('task.edit', 40);
  const { findings } = await look(async () => {
    const { parked } = await deps.backlog.parked('task.edit', 1);
    for (const one of parked) await deps.backlog.unpark(one);
  });
  assert.deepEqual(findings, []);
});

test('the doctor does not wait for triggers that are active, paused or parked as they should be', async () => {
  const { deps, put, park, look } = world();
  await set(deps, 'task.edit', 'https://example.com/');
  await pause(deps, 'task.edit');
  put('task.create', 'parked', 'https://example.com/');
  put('task.delete', 'paused');
  put('case.edit', 'active');
  await park('task.edit');
  await park('task.create');
  assert.deepEqual(await look(), { findings: [], waited: 0, inconclusive: [] });
});

test('the doctor lists the checks that it could not make', async () => {
  const made = world();
  made.put('task.edit', 'draining');
  made.deps.backlog.count = async () => {
    throw new Error('silent');
  };
  const { findings, inconclusive } = await made.look();
  assert.deepEqual([findings, inconclusive], [[], [{ where: 'the backlog of task.edit', because: 'silent' }]]);
});
