/** The stacks' IDs in the CDK app, the same in every stage. */
export type StackId = 'CrmTriggers' | 'CrmTriggersConsole';

/** Valid stage names. CloudFormation accepts them in a stack's name. */
export const stagePattern = /^[a-z][a-z\d-]{0,31}$/i;

/** Stages whose stacks have no suffix, because scripts rely on their names. One account never has both stages. */
const withoutSuffix: ReadonlySet<string> = new Set(['main', 'local']);

/** The name of a stage's stack in AWS. Each stage has its own stacks. */
export function stackName(stack: StackId, stage = 'main'): string {
  return withoutSuffix.has(stage) ? stack : `${stack}-${stage}`;
}

/** The command that deploys a stack of a stage. */
export function deployCommand(stack: StackId, stage = 'main'): string {
  return `npx cdk deploy ${stack}${stage === 'main' ? '' : ` -c stage=${stage}`}`;
}

/** The path of the parameters with the names of a stack's alarms. @param name The name of the stack. */
export const alarmNamesPath = (name: string) => `/crm-triggers/${name}/AlarmNames`;
