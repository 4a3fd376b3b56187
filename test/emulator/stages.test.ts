import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Agent } from '../../cli/local/agent.ts';
import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import { runningEmulator, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';

const second = { stage: 'second', settings: { deliveryLog: 'off' } } as const;

/** Outputs that do not name resources. They can be the same in both stages. */
const sameValues = new Set(['DestinationRules', 'RowRules', 'Version']);

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
before(async () => {
  emulator = await runningEmulator();
  await emulator.deploy();
  await emulator.deploy(second);
});
after(() => emulator?.stop());

describe('two stages in one account', () => {
  test('share no resources: a change in a stage calls only the URL of that stage', async () => {
    await using one = await receiver();
    await using other = await receiver();
    for (const [stage, server] of [
      [undefined, one],
      ['second', other],
    ] as const)
      await set(await findDeployment(stage), 'customer.create', `${server.origin}/${stage ?? 'first'}`);
    const outputs = [await stackOutputs('CrmTriggers'), await stackOutputs('CrmTriggers', 'second')] as const;
    for (const [name, value] of Object.entries(outputs[0]))
      if (!sameValues.has(name)) assert.notEqual(value, outputs[1][name], name);

    await new Agent(outputs[1]).do('create', 'customer', { AccountID: 'in-second' });
    await until('the call', () => other.calls[0]);
    await new Agent(outputs[0]).do('create', 'customer', { AccountID: 'in-first' });
    await until('the call', () => one.calls[0]);
    const targets = (server: typeof one) => server.calls.map(({ target }) => target);
    assert.deepEqual(targets(other), ['/second?AccountID=in-second']);
    assert.deepEqual(targets(one), ['/first?AccountID=in-first']);
  });

  test('reports a stage that is not deployed with one line and the command that deploys it', async () => {
    await assert.rejects(findDeployment('third'), {
      message: `There is no stack CrmTriggers-third at ${emulator.endpoint}. Fix: deploy it with npx cdk deploy CrmTriggers -c stage=third.`,
    });
  });

  test('cdk diff finds a changed setting, and nothing without changes', async () => {
    await emulator.assertNoDiff();
    await emulator.assertNoDiff(second);
    await assert.rejects(emulator.assertNoDiff({ ...second, settings: { deliveryLog: 'all' } }), /LOGGED|differences/i);
  });
});
