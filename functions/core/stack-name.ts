/** The stacks of this system, as the CDK calls them in every stage. */
export type StackId = 'CrmTriggers' | 'CrmTriggersConsole';

/** What a stage may be called, so that CloudFormation takes it as a part of a stack's name. */
export const stagePattern = /^[a-z][a-z\d-]{0,31}$/i;

/** These two never stand in one account, and have the names that scripts rely on. */
const plain: ReadonlySet<string> = new Set(['main', 'local']);

/** What a stage's stack is called in an account: each stage has stacks of its own, beside those of the others. */
export function stackName(stack: StackId, stage = 'main'): string {
  return plain.has(stage) ? stack : `${stack}-${stage}`;
}

/** How a stage's stack is deployed. */
export function deployCommand(stack: StackId, stage = 'main'): string {
  return `npx cdk deploy ${stack}${stage === 'main' ? '' : ` -c stage=${stage}`}`;
}
