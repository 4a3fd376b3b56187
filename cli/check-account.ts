import { readFile } from 'node:fs/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Here, type Home, mismatch } from '../functions/core/stage-account.ts';
import { UserError } from '../functions/operations/user-error.ts';

/** The account and region of a stage in the cdk.json of the working folder. Without that file nothing is checked. */
async function homeOf(stage: string, file = 'cdk.json'): Promise<Home> {
  try {
    const { account, region } = JSON.parse(await readFile(file, 'utf8')).context.stages[stage];
    return { ...(account && { account }), ...(region && { region }) };
  } catch {
    return {};
  }
}

/**
 * Checks that a stage belongs to the account and region of the credentials. An emulator has no accounts to confuse.
 *
 * @throws {UserError} When it belongs to another account or region.
 */
export async function checkHome(stage = 'main', asked: () => Promise<Here> = whereWeAre): Promise<void> {
  const home = await homeOf(stage);
  if (process.env.AWS_ENDPOINT_URL || (home.account ?? home.region) === undefined) return;
  const wrong = mismatch(stage, home, await asked());
  if (wrong !== undefined) throw new UserError(wrong, 'unreachable');
}

async function whereWeAre(): Promise<Here> {
  const sts = new STSClient();
  const [{ Account = '', Arn = '' }, region] = await Promise.all([
    sts.send(new GetCallerIdentityCommand()),
    sts.config.region(),
  ]);
  return { account: Account, region, who: Arn };
}
