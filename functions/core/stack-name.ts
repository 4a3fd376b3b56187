/** The stacks of this system, as the CDK calls them in every stage. */
export type StackId = 'CrmTriggers' | 'CrmTriggersConsole';

/** Valid names of stages: CloudFormation accepts them as a part of a stack's name. */
export const stagePattern = /^[a-z][a-z\d-]{0,31}$/i;

/** These two are never in one account. Their stacks have plain names, which scripts rely on. */
const plain: ReadonlySet<string> = new Set(['main', 'local']);

/** The name of a stage's stack in an account. Each stage has its own stacks. */
export function stackName(stack: StackId, stage = 'main'): string {
  return plain.has(stage) ? stack : `${stack}-${stage}`;
}

/** The command that deploys a stack of a stage. */
export function deployCommand(stack: StackId, stage = 'main'): string {
  return `npx cdk deploy ${stack}${stage === 'main' ? '' : ` -c stage=${stage}`}`;
}
