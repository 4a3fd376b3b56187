import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The subnets and security groups of a function, as in the function's property `VpcConfig`. */
export interface Network {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/** The network of the setting `vpc`. It is not looked up, so that a synthesis needs no account. */
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
