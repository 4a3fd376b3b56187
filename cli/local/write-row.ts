// npm run agent: writes a row of a CRM table.
import { parseArgs } from 'node:util';
import { type Action, type Entity, entities, entityNames } from '../../functions/core/entity.ts';
import { asUserError, stackOutputs } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { useGivenEmulator } from '../emulator-environment.ts';
import { Agent } from './agent.ts';

const USAGE = `Writes a row of a CRM table, like an agent's program.

  npm run -s agent -- create|edit|delete ${entityNames.join('|')} NAME=VALUE …

Example: npm run -s agent -- create case AccountID=a1 CaseID=c1 Subject=Hello`;

async function main(words: readonly string[]): Promise<void> {
  const [action = '', entity = '', ...pairs] = words;
  if (!['create', 'edit', 'delete'].includes(action)) throw new UserError(USAGE);
  if (!Object.hasOwn(entities, entity)) throw new UserError(USAGE);
  const row = Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      if (value.length === 0) throw new UserError(`"${pair}" has no "=". To fix this, write NAME=VALUE.`);
      return [name, value.join('=')];
    }),
  );
  await useGivenEmulator(process.env);
  await new Agent(await stackOutputs()).do(action as Action, entity as Entity, row);
}

try {
  await main(parseArgs({ allowPositionals: true }).positionals);
} catch (caught) {
  const error = asUserError(caught);
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
