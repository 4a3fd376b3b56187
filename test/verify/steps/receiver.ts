import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { httpApi } from '../http-api.ts';
import { localReceiver } from '../local-receiver.ts';
import { lacking } from '../platforms.ts';
import { type Mode, modes } from '../receiver-core.ts';
import { ReceiverTable } from '../receiver-table.ts';
import { receiverStack } from '../stage.ts';
import { prove, type Receiver, until, type World } from '../world.ts';

/** The timeout of a request to a hanging receiver. */
const PATIENCE_MS = 3_000;

const expected: Readonly<Record<Mode, number>> = { 200: 200, 500: 500, hang: 0, 410: 410, 429: 429 };

/** The status of a response, or 0 without a response in time. */
const statusOf = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    ({ status }) => status,
    () => 0,
  );

export async function receiver(world: World): Promise<string> {
  const { platform, state, undo } = world;
  const hasApis = lacking(platform, ['HTTP APIs']) === undefined;
  const deployed = hasApis ? await deployedReceiver(world) : undefined;
  if (platform === 'aws' && deployed) state.receiver = deployed;
  else {
    const local = await localReceiver();
    undo.push(() => local.stop());
    state.receiver = local;
  }
  for (const one of new Set([state.receiver, ...(deployed ? [deployed] : [])])) await respondsByMode(one, world);
  if (deployed) state.clockOffset = await clockOffset(deployed, world);
  const where = deployed ? 'a deployed receiver' : 'a receiver on this machine';
  const beside = deployed && platform !== 'aws' ? '; the steps use the same code on this machine, which is faster' : '';
  return `${where} responds with ${modes.join(', ')} as set in its table, and records each request${beside}`;
}

async function deployedReceiver(world: World): Promise<Receiver> {
  await world.cdkReceiver(['deploy', 'CrmTriggersReceiver', '--require-approval', 'never']);
  const { Stacks } = await new CloudFormationClient().send(
    new DescribeStacksCommand({ StackName: receiverStack(world.stage) }),
  );
  const output = (name: string) => Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  const table = new ReceiverTable(output('ReceiverTable'));
  return {
    base: httpApi(output('ReceiverUrl')),
    setMode: (lane, mode) => table.setMode(lane, mode),
    calls: (lane) => table.calls(lane),
  };
}

async function respondsByMode(receiver: Receiver, world: World): Promise<void> {
  // The API and the function need some time after the deployment.
  await until(world, `${receiver.base} responds`, async () => (await statusOf(`${receiver.base}/begin`)) === 200);
  for (const mode of modes) {
    const lane = `mode-${mode}`;
    await receiver.setMode(lane, mode);
    const status = await statusOf(`${receiver.base}/${lane}?mode=${mode}`);
    prove(status === expected[mode], `in mode ${mode} the receiver responded with ${status}`);
    const [call] = await receiver.calls(lane);
    prove(call?.query === `?mode=${mode}`, `the request in mode ${mode} is not recorded`);
  }
}

async function clockOffset({ base, calls }: Receiver, world: World): Promise<number> {
  const begun = Date.now();
  await statusOf(`${base}/clock`);
  const [call] = await until(world, 'the request is recorded', () => calls('clock'));
  return (call?.at ?? begun) - begun;
}
