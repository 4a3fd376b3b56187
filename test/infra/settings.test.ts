import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Template } from 'aws-cdk-lib/assertions';
import { settingsSchema } from '../../infra/settings-schema.ts';
import { all, main, type Properties, synth } from '../support/template.ts';

test('the delivery log keeps all attempts, unless the setting deliveryLog is failures or off', () => {
  const logged = (template: Template) =>
    all('AWS::Lambda::Function', template).flatMap(([, p]) => p.Environment.Variables.LOGGED ?? []);
  assert.deepEqual(logged(main), ['all', 'all']);
  for (const deliveryLog of ['failures', 'off'])
    assert.deepEqual(logged(synth(undefined, { main: { deliveryLog } })), [deliveryLog, deliveryLog]);
});

test('only the local stage allows http and private networks, and no stage allows low ports', () => {
  const allowed = (template: Template) =>
    all('AWS::Lambda::Function', template).flatMap(([, p]) => {
      const { Variables } = p.Environment as { Variables: Record<string, string> };
      const { ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS } = Variables;
      return ALLOW_HTTP === undefined ? [] : [[ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS]];
    });
  const [deliver, drain] = allowed(main);
  assert.deepEqual([deliver, drain], [['false', '', ''], deliver]);
  assert.deepEqual(allowed(synth('local'))[0], ['true', '', '0.0.0.0/0,::/0']);
});

test('the command line and the functions get the same URL policy', () => {
  const rules = { allowHttp: true, allowedPorts: [25, 143], allowedPrivateNetworks: ['10.0.0.0/8'] };
  const template = synth(undefined, { main: { ...rules, vpc: { id: 'vpc-0a000000', subnets: ['subnet-0a000000'] } } });
  assert.deepEqual(JSON.parse(template.toJSON().Outputs.DestinationRules.Value), rules);
  for (const [id, p] of all('AWS::Lambda::Function', template).filter(([id]) => /^(Deliver|Drain)/.test(id))) {
    const { ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS } = p.Environment.Variables;
    assert.deepEqual([ALLOW_HTTP, ALLOWED_PORTS, ALLOWED_PRIVATE_NETWORKS], ['true', '25,143', '10.0.0.0/8'], id);
  }
});

test('captureWindowSeconds sets the batch window of the stream mappings, which have none by default', () => {
  const windows = (template: Template) =>
    all('AWS::Lambda::EventSourceMapping', template).map(([, p]) => p.MaximumBatchingWindowInSeconds);
  assert.deepEqual(windows(main), Array(5).fill(undefined));
  const waiting = windows(synth(undefined, { main: { captureWindowSeconds: 300 } }));
  assert.deepEqual(waiting.filter(Boolean), Array(4).fill(300), 'FIFO queues support no batch window');
});

test('architecture sets the processor of every function', () => {
  const functions = all('AWS::Lambda::Function', synth(undefined, { main: { architecture: 'x86_64' } }));
  for (const [id, p] of functions) {
    assert.deepEqual(p.Architectures, ['x86_64'], id);
    assert.equal(p.Runtime, 'nodejs24.x', id);
  }
});

test('the setting tracing turns on traces, and only adds the permission to send them', () => {
  const traced = synth(undefined, { main: { tracing: true } });
  const modes = (template = main) =>
    all('AWS::Lambda::Function', template).map(([, { TracingConfig }]) => TracingConfig?.Mode);
  assert.deepEqual(new Set(modes()), new Set([undefined]));
  assert.deepEqual(new Set(modes(traced)), new Set(['Active']));
  const actions = (template = main) =>
    all('AWS::IAM::Policy', template)
      .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action))
      .sort();
  const more = actions(traced).filter((action) => action.startsWith('xray:'));
  assert.deepEqual(new Set(more), new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']));
  assert.deepEqual(
    actions(traced).filter((action) => !action.startsWith('xray:')),
    actions(),
  );
});

test('the description of every numeric setting names its unit or quantity, and its limits', () => {
  const numeric = Object.entries(settingsSchema.properties ?? {}).flatMap(([name, property]) => {
    const { description = '', items, ...own } = property as Properties;
    const limits = items?.type === 'integer' ? items : own;
    return ['integer', 'number'].includes(limits.type) && limits.maximum ? [{ name, description, ...limits }] : [];
  });
  assert.ok(numeric.length >= 7);
  for (const { name, description, minimum, maximum } of numeric) {
    assert.ok(description.includes(String(maximum)), `${name}: ${maximum}`);
    if (minimum !== undefined) assert.ok(description.includes(`from ${minimum} `), `${name}: ${minimum}`);
    if (name.endsWith('Seconds')) assert.match(description, /in seconds/, name);
  }
});

const wrong: [string, Record<string, unknown>, string][] = [
  ['an unknown setting', { holdSecond: [1] }, 'stages.main'],
  ['a retry delay above the maximum', { holdSeconds: [5, 100_000] }, 'stages.main.holdSeconds.1'],
  ['an invalid network', { allowedPrivateNetworks: ['10.0.0.0/33'] }, 'stages.main.allowedPrivateNetworks.0'],
  ['a text instead of a boolean', { allowHttp: 'yes' }, 'stages.main.allowHttp'],
  ['a port that is always allowed', { allowedPorts: [25, 8443] }, 'stages.main.allowedPorts.1'],
  ['an invalid port', { allowedPorts: [0] }, 'stages.main.allowedPorts.0'],
  ['a fraction as a port', { allowedPorts: [22.5] }, 'stages.main.allowedPorts.0'],
  ['a text instead of a port', { allowedPorts: ['25'] }, 'stages.main.allowedPorts.0'],
  ['an unknown delivery log', { deliveryLog: 'some' }, 'stages.main.deliveryLog'],
  ['an account ID without 12 digits', { account: '1234' }, 'stages.main.account'],
  ['an account ID as a number', { account: 111122223333 }, 'stages.main.account'],
  ['an invalid region', { region: 'Frankfurt' }, 'stages.main.region'],
  ['a VPC without an ID', { vpc: { subnets: ['subnet-0a000000'] } }, 'stages.main.vpc.id'],
  ['a VPC without subnets', { vpc: { id: 'vpc-0a000000', subnets: [] } }, 'stages.main.vpc.subnets'],
  ['a name instead of a subnet ID', { vpc: { id: 'vpc-0a000000', subnets: ['private'] } }, 'stages.main.vpc.subnets.0'],
  [
    'an empty list of security groups',
    { vpc: { id: 'vpc-0a000000', subnets: ['subnet-0a000000'], securityGroups: [] } },
    'stages.main.vpc.securityGroups',
  ],
  ['an unknown architecture', { architecture: 'arm' }, 'stages.main.architecture'],
  ['a batch window above the maximum', { captureWindowSeconds: 301 }, 'stages.main.captureWindowSeconds'],
  ['a fraction as a batch window', { captureWindowSeconds: 0.5 }, 'stages.main.captureWindowSeconds'],
  ['a text instead of a number', { deliverConcurrency: 'many' }, 'stages.main.deliverConcurrency'],
];

for (const [title, settings, where] of wrong)
  test(`rejects ${title} with one line that names the setting`, () => {
    assert.throws(
      () => synth(undefined, { main: settings }),
      (error: Error) => error.message.startsWith(`Setting ${where} in cdk.json: `) && !error.message.includes('\n'),
    );
  });

test('rejects an invalid stage name with one line', () => {
  assert.throws(
    () => synth('my stage'),
    /^Error: "my stage" is not a valid stage name\. To fix this, use a letter, followed by up to 31 letters, /,
  );
});

test('rejects an unknown stage with the names of the stages', () => {
  assert.throws(
    () => synth('prod'),
    /^Error: cdk\.json has no stage "prod"\. To fix this, add it under context\.stages, or use one of: main, local\.$/,
  );
});
