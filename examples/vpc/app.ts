import { App, Stack } from 'aws-cdk-lib';
import { IpAddresses, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CrmTriggers } from 'crm-triggers';

const stack = new Stack(new App(), 'CrmTriggers');
const vpc = new Vpc(stack, 'Vpc', { ipAddresses: IpAddresses.cidr('10.20.0.0/16'), maxAzs: 2, natGateways: 1 });

// Deliver and drain may connect over HTTPS only. Without this group, the construct creates one that allows all outbound traffic.
const callers = new SecurityGroup(stack, 'Callers', { vpc, allowAllOutbound: false });
callers.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS services and receivers');

// Receivers in 10.20.0.0/16 may be called too. Calls of public receivers come from the address of the NAT gateway.
new CrmTriggers(stack, 'Triggers', {
  vpc,
  securityGroups: [callers],
  allowedPrivateNetworks: ['10.20.0.0/16'],
});
