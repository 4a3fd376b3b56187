import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { entityNames } from '../functions/core/entity.ts';
import { attach } from './attached-table.ts';
import type { CrmTriggersProps } from './crm-triggers-props.ts';
import type { StageSettings } from './settings.ts';

/** The props of a stage in cdk.json. Nothing is looked up, so that a synthesis needs no account. */
export function propsOf(scope: Construct, stage: string, settings: StageSettings): CrmTriggersProps {
  const { account: _, region: __, signIn: ___, userPoolId: ____, consoleDomain: _____, ...others } = settings;
  const { tables, vpc, alarms, ...same } = others;
  const existing = new Construct(scope, 'Existing');
  return {
    ...same,
    stage,
    tables: Object.fromEntries(
      entityNames.flatMap((entity) => {
        const attached = tables[entity];
        return attached ? [[entity, attach(existing, entity, attached)]] : [];
      }),
    ),
    ...(vpc && network(existing, vpc)),
    ...(alarms?.email && { alarmEmail: alarms.email }),
    ...(alarms?.topicArn && { alarmActions: [new SnsAction(Topic.fromTopicArn(existing, 'Topic', alarms.topicArn))] }),
  };
}

function network(scope: Construct, { id, subnets, securityGroups }: NonNullable<StageSettings['vpc']>) {
  return {
    // The zone and the route tables are not used, but the CDK warns without them.
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: id, availabilityZones: ['any'] }),
    vpcSubnets: {
      subnets: subnets.map((subnetId) =>
        Subnet.fromSubnetAttributes(scope, subnetId, { subnetId, routeTableId: 'any' }),
      ),
    },
    ...(securityGroups && {
      securityGroups: securityGroups.map((group) => SecurityGroup.fromSecurityGroupId(scope, group, group)),
    }),
  };
}
