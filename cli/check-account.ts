import { readFile } from 'node:fs/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Here, type Home, mismatch } from '../functions/core/stage-account.ts';
import { UserError } from '../functions/operations/user-error.ts';

/** Reads a stage's settings from cdk.json in the working folder. Without that file there is nothing to check. */
async function homeOf(stage: string, file = 'cdk.json'): Promise<Home> {
  try {
    const { account, region } = JSON.parse(await readFile(file, 'utf8')).context.stages[stage];
    return { ...(account && { account }), ...(region && { region }) };
  } catch {
    return {};
  }
}

/**
 * Checks that the credentials and the region are those of the stage, before any other request. Emulators are not checked.
 *
 * @throws {UserError} If the stage belongs to another account or region.
 */
export async function checkHome(stage = 'main', find: () => Promise<Here> = findAccount): Promise<void> {
  const home = await homeOf(stage);
  if (process.env.AWS_ENDPOINT_URL || (home.account ?? home.region) === undefined) return;
  const wrong = mismatch(stage, home, await find());
  if (wrong !== undefined) throw new UserError(wrong, 'unreachable');
}

let here: Promise<Here> | undefined;

/** Asks STS once for each command. */
const findAccount = () => (here ??= askSts());

async function askSts(): Promise<Here> {
  const sts = new STSClient();
  const [{ Account = '', Arn = '' }, region] = await Promise.all([
    sts.send(new GetCallerIdentityCommand()),
    sts.config.region(),
  ]);
  return { account: Account, region, who: Arn };
}

/** The name for the history: the caller's ARN, which IAM gives. On an emulator it is `local`. */
export async function callerName(find: () => Promise<Here> = findAccount): Promise<string> {
  return process.env.AWS_ENDPOINT_URL ? 'local' : ((await find()).who ?? '');
}
