import { parseArgs } from 'node:util';
import { stackName, stagePattern } from '../../functions/core/stack-name.ts';
import { UserError } from '../../functions/operations/user-error.ts';

export const receiverStack = (stage: string): string => `CrmTriggersReceiver-${stage}`;

/** The stacks of a verification, in the order in which they are deleted. */
export const stacksOf = (stage: string): string[] => [
  stackName('CrmTriggersConsole', stage),
  stackName('CrmTriggers', stage),
  receiverStack(stage),
];

export const HELP = `npm run verify -- --stage NAME [--emulator]: deploys a stage, proves what emulators cannot, and deletes the stage

  --stage NAME  a stage that is not deployed, for example verify; it is always deleted at the end
  --emulator    start an emulator (MiniStack) and use it instead of AWS

AWS_PROFILE and AWS_REGION select the account and the region. With AWS_ENDPOINT_URL=http://… it uses a running emulator.
Exit status: 0 no step failed, 1 a step failed or the stage is rejected, 2 wrong usage.`;

/** Wrong usage; exit status 2. */
export class Misuse extends Error {}

export interface Chosen {
  readonly stage: string;
  readonly emulator: boolean;
}

/** @returns The options, or `undefined` for --help. @throws {Misuse} When the stage is missing or must not be deleted. */
export function chosen(args: readonly string[]): Chosen | undefined {
  const options = { stage: { type: 'string' }, emulator: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  let values: { stage?: string; emulator?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new Misuse(`${(error as Error).message.split('. ')[0]}.`);
  }
  if (values.help) return undefined;
  const { stage, emulator = false } = values;
  if (stage === undefined)
    throw new Misuse('--stage is missing. Verify deletes the stacks of the stage at the end. Fix: --stage verify.');
  if (!stagePattern.test(stage)) throw new Misuse(`"${stage}" is not a valid stage name. Fix: --stage verify.`);
  if (stackName('CrmTriggers', stage) === stackName('CrmTriggers'))
    throw new Misuse(
      `The stage ${stage} has the same stack name as production, and verify deletes its stage. Fix: --stage verify.`,
    );
  return { stage, emulator };
}

interface StageSettings {
  readonly keepData?: boolean;
  readonly deletionProtection?: boolean;
  readonly tables?: object;
}

/**
 * The settings of a stage that is deleted at the end. A stage that is not in cdk.json gets the defaults.
 *
 * @throws {UserError} When the stage keeps data by its settings.
 */
export function settingsOf(stage: string, stages: Readonly<Record<string, StageSettings>>): object {
  const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  const keeps = settings && (settings.keepData !== false || settings.deletionProtection || settings.tables);
  if (keeps)
    throw new UserError(
      `The stage ${stage} keeps its data by its settings in cdk.json, and verify deletes its stage. Fix: --stage verify, which is not in cdk.json; or set keepData to false, without deletionProtection and tables.`,
    );
  return { ...settings, keepData: false };
}

/**
 * Checks that no stack of a stage is deployed, because all of them are deleted at the end.
 *
 * @param status The status of a stack, or `undefined` without the stack.
 * @throws {UserError} When a stack is deployed.
 */
export async function checkNotDeployed(
  stage: string,
  status: (stack: string) => Promise<string | undefined>,
): Promise<void> {
  for (const stack of stacksOf(stage)) {
    const now = await status(stack);
    if (now !== undefined)
      throw new UserError(
        `The stack ${stack} exists (${now}), and verify deletes its stage. Fix: use another stage; or, if an interrupted verify left the stack, run aws cloudformation delete-stack --stack-name ${stack}.`,
      );
  }
}
