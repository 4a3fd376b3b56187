import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Agent } from '../../cli/local/agent.ts';
import { findDeployment, stackOutputs } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import { runningEmulator, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';

const second = { stage: 'second', settings: { deliveryLog: 'off' } } as const;

/** Outputs that name nothing, but say what was set. */
const isSaid = new Set(['DestinationRules', 'RowRules', 'Version']);

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
before(async () => {
  emulator = await runningEmulator();
  await emulator.deploy();
  await emulator.deploy(second);
});
after(() => emulator?.stop());

describe('two stages in one account', () => {
  test('share nothing: a change in one calls the URL entered there, and nothing of the other', async () => {
    await using one = await receiver();
    await using other = await receiver();
    for (const [stage, server] of [
      [undefined, one],
      ['second', other],
    ] as const)
      await set(await findDeployment(stage), 'customer.create', `${server.origin}/${stage ?? 'first'}`);
    const outputs = [await stackOutputs('CrmTriggers'), await stackOutputs('CrmTriggers', 'second')] as const;
    for (const [name, value] of Object.entries(outputs[0]))
      if (!isSaid.has(name)) assert.notEqual(value, outputs[1][name], name);

    await new Agent(outputs[1]).do('create', 'customer', { AccountID: 'in-second' });
    await until('the call', () => other.calls[0]);
    await new Agent(outputs[0]).do('create', 'customer', { AccountID: 'in-first' });
    await until('the call', () => one.calls[0]);
    const targets = (server: typeof one) => server.calls.map(({ target }) => target);
    assert.deepEqual(targets(other), ['/second?AccountID=in-second']);
    assert.deepEqual(targets(one), ['/first?AccountID=in-first']);
  });

  test('a stage that is not deployed is one line, with the command that deploys it', async () => {
    await assert.rejects(findDeployment('third'), {
      message: `There is no stack CrmTriggers-third at ${emulator.endpoint}: deploy it with npx cdk deploy CrmTriggers -c stage=third.`,
    });
  });

  test('cdk diff finds nothing where nothing was changed, and finds a changed setting', async () => {
    await emulator.assertNoDiff();
    await emulator.assertNoDiff(second);
    await assert.rejects(emulator.assertNoDiff({ ...second, settings: { deliveryLog: 'all' } }), /LOGGED|differences/i);
  });
});
