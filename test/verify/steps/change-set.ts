import {
  CloudFormationClient,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { stackName } from '../../../functions/core/stack-name.ts';
import { prove, type World } from '../world.ts';

const NAME = 'crm-triggers-verify';

export async function changeSet(world: World): Promise<string> {
  const prepare = ['--method', 'prepare-change-set', '--change-set-name', NAME, '--require-approval', 'never'];
  await world.cdk(['deploy', 'CrmTriggers', ...prepare]);
  const cloudformation = new CloudFormationClient();
  const StackName = stackName('CrmTriggers', world.stage);
  let changes = 0;
  let page: DescribeChangeSetCommandOutput | undefined;
  do {
    const query = { StackName, ChangeSetName: NAME, NextToken: page?.NextToken };
    page = await cloudformation.send(new DescribeChangeSetCommand(query));
    prove(page.Status === 'CREATE_COMPLETE', `the change set is ${page.Status}: ${page.StatusReason}`);
    prove(page.ExecutionStatus === 'AVAILABLE', `the change set cannot be executed: ${page.ExecutionStatus}`);
    changes += page.Changes?.length ?? 0;
  } while (page.NextToken);
  prove(changes > 0, 'the change set has no changes');
  return `CloudFormation describes a change set of ${changes} resources for ${StackName}; it is not executed`;
}
