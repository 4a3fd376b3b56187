import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Where a function stands in a VPC, as Lambda takes it. */
export interface Network {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/** The network that the setting `vpc` names. It is not looked up, so that a synthesis needs no account. */
export function networkOf(scope: Construct, { vpc }: Settings): Network | undefined {
  if (!vpc) return undefined;
  return { subnetIds: vpc.subnets, securityGroupIds: vpc.securityGroups ?? [closedGroup(scope, vpc.id).attrGroupId] };
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

/** As in AWSLambdaVPCAccessExecutionRole, which may write every log group besides. */
const interfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda manages network interfaces with the function's role. The condition names requests of the function's own code. */
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
