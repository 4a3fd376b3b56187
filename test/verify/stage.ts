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

export const HELP = `npm run verify -- --stage NAME [--emulator]: deploys a stage, tries all that only AWS can prove, and deletes it

  --stage NAME  a stage that is not deployed, for example verify; it is deleted at the end, whatever happens
  --emulator    use an emulator that starts by itself (MiniStack) in place of AWS

It works where AWS_PROFILE and AWS_REGION lead. With AWS_ENDPOINT_URL=http://… it uses an emulator that runs already.
Exit status: 0 no step failed, 1 one did or the stage is rejected, 2 wrong usage.`;

/** Wrong usage; exit status 2. */
export class Misuse extends Error {}

export interface Chosen {
  readonly stage: string;
  readonly emulator: boolean;
}

/** @returns Nothing when help is asked for. @throws {Misuse} When no stage is named that can be deleted. */
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
    throw new Misuse('No stage is named, and its stacks are deleted at the end. Fix: --stage verify.');
  if (!stagePattern.test(stage)) throw new Misuse(`"${stage}" cannot be a stage. Fix: --stage verify.`);
  if (stackName('CrmTriggers', stage) === stackName('CrmTriggers'))
    throw new Misuse(
      `The stage ${stage} has the stack of production, and verify deletes its stage. Fix: --stage verify.`,
    );
  return { stage, emulator };
}

interface StageSettings {
  readonly keepData?: boolean;
  readonly deletionProtection?: boolean;
  readonly tables?: object;
}

/**
 * The settings of a stage that is deleted at the end. One that cdk.json does not have is deployed with the defaults.
 *
 * @throws {UserError} When cdk.json says that the stage keeps data.
 */
export function settingsOf(stage: string, stages: Readonly<Record<string, StageSettings>>): object {
  const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  const keeps = settings && (settings.keepData !== false || settings.deletionProtection || settings.tables);
  if (keeps)
    throw new UserError(
      `The stage ${stage} keeps its data by cdk.json, and verify deletes its stage. Fix: --stage verify, a stage that cdk.json does not have; or set keepData to false, without deletionProtection and tables.`,
    );
  return { ...settings, keepData: false };
}

/**
 * Checks that nothing of a stage is deployed, because everything of it is deleted at the end.
 *
 * @param status The status of a stack, nothing when there is none.
 * @throws {UserError} When a stack is there.
 */
export async function checkNotDeployed(
  stage: string,
  status: (stack: string) => Promise<string | undefined>,
): Promise<void> {
  for (const stack of stacksOf(stage)) {
    const now = await status(stack);
    if (now !== undefined)
      throw new UserError(
        `The stack ${stack} exists (${now}), and verify deletes its stage. Fix: name another stage; or, if an earlier verify was killed and left it, aws cloudformation delete-stack --stack-name ${stack}.`,
      );
  }
}
