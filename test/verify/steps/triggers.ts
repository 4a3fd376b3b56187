import { demonstration } from '../../../cli/local/demonstration.ts';
import { triggers as all, type Trigger } from '../../../functions/core/entity.ts';
import { showSecret } from '../../../functions/operations/signing-secrets.ts';
import { isSigned } from '../calls.ts';
import { accepted, pause, prove, send, stageOf, until, type World } from '../world.ts';

/** Longer than the time after which capture reads again which triggers have URLs. */
const TAKES_EFFECT_MS = 6_000;

export async function triggers(world: World): Promise<string> {
  const { deps, agent, receiver } = stageOf(world);
  await send(world, 'triggers', ...all);
  await pause(world, TAKES_EFFECT_MS);
  const demoSteps = demonstration(world.run);
  for (const { action, entity, row } of demoSteps) await agent.do(action, entity, row);
  const expected = demoSteps.flatMap(({ expected }) =>
    expected ? [`${expected.trigger} ${expected.formattedString}`] : [],
  );
  const calls = await until(world, `${expected.length} calls`, async () => {
    const arrived = await accepted(world, 'triggers');
    return arrived.length >= expected.length ? arrived : undefined;
  });
  const arrived = calls.map(({ trigger, query }) => `${trigger} ${query}`);
  const wrong = [...new Set([...arrived, ...expected])].filter(
    (one) => !arrived.includes(one) || !expected.includes(one),
  );
  prove(wrong.length === 0 && arrived.length === expected.length, `unexpected or missing calls: ${wrong.join(', ')}`);
  const prefix = new URL(receiver.base).pathname.replace(/\/$/, '');
  for (const call of calls) {
    const { secret } = await showSecret(deps, call.trigger as Trigger);
    prove(isSigned(call, secret, prefix), `the signature of ${call.trigger} does not verify`);
  }
  return `${calls.length} of ${all.length} triggers called with the expected query string, and ${calls.length} signatures verify`;
}
