import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsSolutionsChecks } from 'cdk-nag';
import { all, main, only, type Properties, plain, stackOf, synth } from '../support/template.ts';

const vpc = { id: 'vpc-0a1b2c3d', subnets: ['subnet-0a000000', 'subnet-0b000000'] };
const settings = { vpc, allowedPrivateNetworks: ['10.0.0.0/8'] };
const inside = synth(undefined, { main: settings });
const guarded = synth(undefined, { main: { vpc: { ...vpc, securityGroups: ['sg-0a000000', 'sg-0b000000'] } } });

const placed = (template: typeof main) =>
  Object.fromEntries(all('AWS::Lambda::Function', template).map(([id, p]) => [plain(id), p.VpcConfig]));

test('puts deliver and drain into the subnets of the setting vpc, and capture into none', () => {
  const found = placed(inside);
  const here = Object.keys(found).filter((id) => found[id] !== undefined);
  assert.deepEqual(here.sort(), ['DeliverFunction', 'DrainFunction']);
  for (const id of here) {
    assert.deepEqual(found[id].SubnetIds, vpc.subnets, id);
    const [group] = only(all('AWS::EC2::SecurityGroup', inside));
    assert.deepEqual(found[id].SecurityGroupIds, [{ 'Fn::GetAtt': [group, 'GroupId'] }], id);
  }
});

test("the stack's security group allows no inbound and all outbound traffic", () => {
  const [, group] = only(all('AWS::EC2::SecurityGroup', inside));
  assert.equal(group.VpcId, vpc.id);
  assert.equal(group.SecurityGroupIngress, undefined);
  assert.deepEqual(all('AWS::EC2::SecurityGroupIngress', inside), []);
  const anywhere = (group.SecurityGroupEgress as Properties[]).map(({ CidrIp, CidrIpv6, IpProtocol }) => [
    CidrIp ?? CidrIpv6,
    IpProtocol,
  ]);
  assert.deepEqual(anywhere, [
    ['0.0.0.0/0', '-1'],
    ['::/0', '-1'],
  ]);
});

test('uses the security groups of the setting, and creates none', () => {
  assert.deepEqual(all('AWS::EC2::SecurityGroup', guarded), []);
  for (const id of ['DeliverFunction', 'DrainFunction'])
    assert.deepEqual(placed(guarded)[id], { SubnetIds: vpc.subnets, SecurityGroupIds: ['sg-0a000000', 'sg-0b000000'] });
});

const ec2 = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const statementsOf = (template: typeof main): Record<string, Properties[]> =>
  Object.fromEntries(
    all('AWS::IAM::Policy', template).map(([id, p]) => [
      plain(id).replace(/FunctionRoleDefaultPolicy$/, ''),
      (p.PolicyDocument.Statement as Properties[]).filter(({ Action }) => [Action].flat().some((a) => ec2.includes(a))),
    ]),
  );

test("Lambda may manage the network interfaces of deliver and drain, but no function's code may", () => {
  for (const [name, statements] of Object.entries(statementsOf(inside))) {
    if (!/^(Deliver|Drain)$/.test(name)) assert.deepEqual(statements, [], name);
    else {
      assert.deepEqual(
        statements.map(({ Effect, Action, Resource }) => [Effect, Action.toSorted(), Resource]),
        [
          ['Allow', ec2, '*'],
          ['Deny', ec2, '*'],
        ],
        name,
      );
      const like = statements[1]?.Condition.ArnLike['lambda:SourceFunctionArn'];
      assert.match(JSON.stringify(like), /:lambda:\*:\*:function:\*/, name);
      assert.deepEqual(Object.keys(statements[1]?.Condition), ['ArnLike'], name);
    }
  }
  for (const [name, statements] of Object.entries(statementsOf(main))) assert.deepEqual(statements, [], name);
});

test('creates a function in the VPC after its role has the permissions on network interfaces', () => {
  for (const [id, { DependsOn }] of Object.entries(inside.findResources('AWS::Lambda::Function')))
    if (/^(Deliver|Drain)/.test(id)) {
      const [name] = id.split('Function');
      assert.ok(
        (DependsOn as string[]).some((on) => on.startsWith(`${name}FunctionRoleDefaultPolicy`)),
        id,
      );
    }
});

test('cdk-nag finds only the wildcard for network interfaces in the resources that vpc adds', () => {
  const found = (stages?: unknown) =>
    new AwsSolutionsChecks()
      .validateScope(stackOf(undefined, stages))
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName.replace(/<.*/, '')} ${constructPath?.split('/')[2]}`),
      );
  const before = found();
  // AWS documents these actions on all resources. Most of them support no resource-level permissions.
  assert.deepEqual(
    found({ main: settings })
      .filter((one) => !before.includes(one))
      .sort(),
    ['AwsSolutions-IAM5[Resource::*] Deliver', 'AwsSolutions-IAM5[Resource::*] Drain'],
  );
});

test('the allowed addresses are the same in a VPC', () => {
  const rules = (template: typeof main) => JSON.parse(template.toJSON().Outputs.DestinationRules.Value);
  assert.deepEqual(rules(guarded), rules(main));
  assert.deepEqual(rules(inside).allowedPrivateNetworks, ['10.0.0.0/8']);
});

test('rejects private networks without a VPC with one line, except in an emulated stage', () => {
  const allowedPrivateNetworks = ['10.0.0.0/8'];
  assert.throws(() => synth(undefined, { main: { allowedPrivateNetworks } }), {
    message:
      'Setting stages.main.allowedPrivateNetworks in cdk.json: no function can reach a private network without the ' +
      'setting vpc. To fix this, set vpc to { "id": "vpc-…", "subnets": ["subnet-…"] }, or remove allowedPrivateNetworks.',
  });
  assert.ok(synth(undefined, { main: { allowedPrivateNetworks, emulated: true } }));
});
