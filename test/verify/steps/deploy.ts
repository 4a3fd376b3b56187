import {
  CloudFormationClient,
  paginateDescribeStackEvents,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { Agent } from '../../../cli/local/agent.ts';
import { stackName } from '../../../functions/core/stack-name.ts';
import { findDeployment, stackOutputs } from '../../../functions/operations/deployment.ts';
import { lacking } from '../platforms.ts';
import { prove, type World } from '../world.ts';

export async function deploy(world: World): Promise<string> {
  const { stage, platform, state } = world;
  const hasConsole = lacking(platform, ['HTTP APIs']) === undefined;
  const stacks = ['CrmTriggers', ...(hasConsole ? (['CrmTriggersConsole'] as const) : [])] as const;
  await world.cdk(['deploy', ...stacks, '--require-approval', 'never']);
  const client = new CloudFormationClient();
  let resources = 0;
  for (const stack of stacks) {
    const StackName = stackName(stack as 'CrmTriggers', stage);
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName }))
      for (const { ResourceStatus = '', LogicalResourceId, ResourceStatusReason } of StackEvents)
        prove(!ResourceStatus.endsWith('_FAILED'), `${LogicalResourceId} ${ResourceStatus}: ${ResourceStatusReason}`);
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
      resources += StackResourceSummaries.length;
  }
  state.deployed = {
    deps: await findDeployment(stage),
    agent: new Agent(await stackOutputs('CrmTriggers', stage)),
  };
  const without = hasConsole ? '' : '; the console is left out, because this emulator has no HTTP APIs';
  return `${stacks.join(' and ')} deployed with ${resources} resources, and no stack event failed${without}`;
}
