import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CrmTriggersProps } from './crm-triggers-props.ts';

/** The subnets and security groups of a function, as in the function's property `VpcConfig`. */
export interface Network {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/**
 * The network of the props `vpc`, `vpcSubnets` and `securityGroups`.
 *
 * @throws {Error} One line, when subnets or groups are given without `vpc`, or there are too few or too many of them.
 */
export function networkOf(scope: Construct, props: CrmTriggersProps): Network | undefined {
  const { vpc, vpcSubnets, securityGroups } = props;
  if (!vpc && !vpcSubnets && !securityGroups) return undefined;
  if (!vpc)
    throw new Error('Props vpcSubnets and securityGroups of CrmTriggers: vpc is missing. To fix this, set vpc.');
  const subnets = vpcSubnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  const { subnetIds } = subnets.subnets
    ? { subnetIds: subnets.subnets.map((s) => s.subnetId) }
    : vpc.selectSubnets(subnets);
  checkCount('vpcSubnets', 'subnets', subnetIds, 16);
  if (securityGroups) checkCount('securityGroups', 'security groups', securityGroups, 5);
  const securityGroupIds = securityGroups?.map(({ securityGroupId }) => securityGroupId);
  return { subnetIds, securityGroupIds: securityGroupIds ?? [closedGroup(scope, vpc.vpcId).attrGroupId] };
}

function checkCount(prop: string, what: string, given: readonly unknown[], most: number): void {
  if (given.length > 0 && given.length <= most) return;
  throw new Error(
    `Prop ${prop} of CrmTriggers: expected 1 to ${most} ${what}, not ${given.length}. To fix this, select other ${what}.`,
  );
}

function closedGroup(scope: Construct, vpcId: string): CfnSecurityGroup {
  const description = 'Any receiver; infra/settings.ts says which addresses are called';
  return new CfnSecurityGroup(scope, 'SecurityGroup', {
    vpcId,
    groupDescription: 'crm-triggers: deliver and drain. Nobody is let in.',
    securityGroupEgress: [
      { cidrIp: '0.0.0.0/0', ipProtocol: '-1', description },
      { cidrIpv6: '::/0', ipProtocol: '-1', description },
    ],
  });
}

/** The actions of AWSLambdaVPCAccessExecutionRole, without its permission to write every log group. */
const interfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Allows Lambda to manage network interfaces with the function's role, and denies the same to the function's code. The condition matches
 * only requests of the code.
 */
export function allowInterfaces(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: interfaces, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: interfaces,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': `arn:${Aws.PARTITION}:lambda:*:*:function:*` } },
    }),
  );
}
