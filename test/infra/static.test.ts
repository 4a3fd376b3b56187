import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { App } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ministackPython } from '../../cli/local/python-environment.ts';
import { fingerprint, kept } from '../support/kept.ts';
import type { Properties } from '../support/template.ts';
import { appOf, variants } from '../support/variants.ts';
import { allTemplates, planted, resources } from './variant-templates.ts';

/** Regions of three partitions. */
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'us-gov-west-1', 'cn-north-1'];

/** The accepted findings of cfn-lint. */
const accepted: readonly { rule: string; at: RegExp; why: string }[] = [
  {
    rule: 'W3005',
    at: /^Resources\/\w*Function\w{8}\/DependsOn\//,
    why: 'The CDK adds DependsOn to functions although the reference is sufficient.',
  },
  {
    rule: 'E3006 cn-north-1',
    at: /^Resources\/SignIn\w+\/Type$/,
    why: 'China has no user pools. The synthesis rejects the console there, unless signIn is set.',
  },
];

const python = fileURLToPath(new URL('linters.txt', import.meta.url));
const linters = ministackPython(AbortSignal.timeout(300_000), python);
const run = async (...words: string[]): Promise<string> => {
  const interpreter = (await linters) ?? assert.fail('there is no Python 3.10 or newer');
  // cfn-lint exits with a nonzero code when it has findings.
  const ended = await promisify(execFile)(interpreter, words, { maxBuffer: 2 ** 26 }).catch((error) => error);
  assert.ok(ended.stdout, ended.stderr || String(ended));
  return ended.stdout;
};

// The installed script contains the path of the folder in which it was first installed, so it is not used.
const CFN_LINT = 'import sys; from cfnlint import runner; sys.exit(runner.main())';

/** A template with a Lambda runtime that does not exist. */
const wrong = planted((all) => {
  for (const { Type, Properties } of Object.values<Properties>(all))
    if (Type === 'AWS::Lambda::Function') Properties.Runtime = 'nodejs24';
});

/** The findings of cfn-lint that are not accepted. One process checks all templates, because its start takes several seconds. */
const linted = lint([...allTemplates, ['planted', wrong]]);

async function lint(all: readonly (readonly [name: string, template: Properties])[]): Promise<string[]> {
  // The same cfn-lint finds the same in the same templates, so its output is kept.
  const key = await fingerprint([CFN_LINT, regions, all], ['test/infra/linters.txt']);
  const folder = await kept('linted', key, async (into) => {
    await mkdir(into);
    const files = all.map((_, index) => join(into, `${index}.json`));
    await Promise.all(files.map((file, index) => writeFile(file, JSON.stringify(all[index]?.[1]))));
    const output = await run('-c', CFN_LINT, '--format', 'json', '--regions', ...regions, '-t', ...files);
    await writeFile(join(into, 'output'), output);
  });
  const found: Properties[] = JSON.parse(await readFile(join(folder, 'output'), 'utf8'));
  return found.flatMap(({ Rule, Filename, Message, Location }) => {
    const at = (Location.Path ?? []).join('/');
    const known = accepted.some(
      ({ rule, at: where }) =>
        rule.split(' ').every((word) => `${Rule.Id} ${Message}`.includes(word)) && where.test(at),
    );
    return known ? [] : [`${all[Number(basename(Filename, '.json'))]?.[0]}: ${Rule.Id} ${at} ${Message}`];
  });
}

const isPlanted = (line: string) => line.startsWith('planted: ');

test('cfn-lint has only accepted findings in all variants, in five regions of three partitions', async () => {
  assert.deepEqual(
    (await linted).filter((line) => !isPlanted(line)),
    [],
  );
});

test('cfn-lint finds an invalid property', async () => {
  assert.match((await linted).filter(isPlanted).join('\n'), /^planted: E\d+ .*nodejs24/m);
});

/** The findings of the CDK's own rules, which `cdk synth` prints. An error also fails the synthesis. */
function validate(app: App): unknown[] {
  const { directory } = app.synth();
  const { pluginReports } = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  return pluginReports.flatMap(({ violations }: Properties) => violations);
}

test("the CDK's own rules find nothing in all variants", (t) => {
  t.mock.method(console, 'error', () => {});
  for (const [name, settings] of Object.entries(variants))
    assert.deepEqual(validate(appOf(settings, { validated: true })), [], name);
});

test("the CDK's own rules find an invalid property", (t) => {
  t.mock.method(console, 'error', () => {});
  const app = appOf({}, { validated: true });
  for (const construct of app.node.findAll())
    if (construct instanceof CfnFunction) construct.addPropertyOverride('Runtime', 'nodejs24');
  assert.match(JSON.stringify(validate(app)), /'nodejs24' is not one of/);
});

/** The accepted findings of parliament. */
const acceptedOfPolicies: readonly { found: RegExp; why: string }[] = [
  {
    found: /(Deliver|Drain)FunctionRole\w+ RESOURCE_STAR \[('ec2:\w*(NetworkInterface|PrivateIpAddresses)'(, )?)+\]$/,
    why: 'In a VPC, Lambda needs these actions on all resources (AWSLambdaVPCAccessExecutionRole).',
  },
  {
    found: /UNKNOWN_CONDITION_FOR_ACTION Unknown condition lambda:SourceFunctionArn for action ec2:\w+$/,
    why: "Lambda adds this key to each request of a function's code, for all services. parliament lists it for none.",
  },
];

/** An ARN for each type of resource, which parliament checks. */
const arns: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'arn:aws:dynamodb:us-east-1:123456789012:table/name',
  'AWS::DynamoDB::Table': 'arn:aws:dynamodb:us-east-1:123456789012:table/name',
  'AWS::KMS::Key': 'arn:aws:kms:us-east-1:123456789012:key/1234-abcd',
  'AWS::Lambda::Function': 'arn:aws:lambda:us-east-1:123456789012:function:name',
  'AWS::Logs::LogGroup': 'arn:aws:logs:us-east-1:123456789012:log-group:name:log-stream:x',
  'AWS::S3::Bucket': 'arn:aws:s3:::name',
  'AWS::SQS::Queue': 'arn:aws:sqs:us-east-1:123456789012:name',
};

const refs: readonly (readonly [RegExp, string])[] = [
  [/^AWS::Partition$/, 'aws'],
  [/^AWS::Region$/, 'us-east-1'],
  [/^AWS::AccountId$/, '123456789012'],
  [/SecretsKeyArn/, arns['AWS::KMS::Key'] ?? ''],
  [/(Delivery|DeadLetter)QueueArn/, arns['AWS::SQS::Queue'] ?? ''],
];

function resolved(value: unknown, template: Properties): unknown {
  // parliament parses the colons of a stream's label as separators of the ARN.
  if (typeof value === 'string') return value.replace(/\/stream\/.*$/, '/stream/label');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => resolved(one, template));
  const { 'Fn::GetAtt': attribute, 'Fn::Join': join, Ref } = value as Properties;
  if (Ref) return refs.find(([pattern]) => pattern.test(Ref))?.[1] ?? 'name';
  if (join) return join[1].map((one: unknown) => resolved(one, template)).join(join[0]);
  if (attribute) {
    const arn = arns[template.Resources[attribute[0]].Type] ?? assert.fail(attribute[0]);
    return attribute[1] === 'StreamArn' ? `${arn}/stream/label` : arn;
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, template)]));
}

const PARLIAMENT = `
import json, sys
from parliament import analyze_policy_string
for name, policy in json.loads(sys.argv[1]):
    for finding in analyze_policy_string(json.dumps(policy)).findings:
        print(json.dumps([name, finding.issue, str(finding.detail)]))
print("[]")
`;

async function checkPolicies(all: readonly (readonly [name: string, template: Properties])[]): Promise<string[]> {
  const checked = all.flatMap(([name, template]) =>
    resources(template, 'AWS::IAM::Policy').map(([id, { PolicyDocument }]) => [
      `${name}, ${id}`,
      resolved(PolicyDocument, template),
    ]),
  );
  assert.ok(checked.length > 0);
  const lines = (await run('-c', PARLIAMENT, JSON.stringify(checked))).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line).join(' '))
    .filter((line) => line !== '' && !acceptedOfPolicies.some(({ found }) => found.test(line)));
}

/** The actions that support no resource-level permissions, or that Lambda needs on all resources. */
const onAllResources = new Set([
  'dynamodb:ListStreams',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

const wildcards = (template: Properties): string[] =>
  resources(template, 'AWS::IAM::Policy').flatMap(([id, { PolicyDocument }]) =>
    (PolicyDocument.Statement as Properties[]).flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .filter((action) => action.endsWith(':*') || ([Resource].flat().includes('*') && !onAllResources.has(action)))
        .map((action) => `${id} ${action}`),
    ),
  );

test('parliament has only accepted findings, and wildcards are used only where they are required', async () => {
  assert.deepEqual(await checkPolicies(allTemplates), []);
  for (const [name, template] of allTemplates) assert.deepEqual(wildcards(template), [], name);
});

test('finds an action on a wrong type of resource, and an action on all resources', async () => {
  const onStream = planted((all) => {
    for (const { Type, Properties } of Object.values<Properties>(all))
      if (Type === 'AWS::IAM::Policy')
        for (const statement of Properties.PolicyDocument.Statement)
          if (statement.Action === 'dynamodb:ListStreams')
            statement.Resource = 'arn:aws:dynamodb:us-east-1:123456789012:table/name/stream/label';
  });
  assert.match((await checkPolicies([['planted', onStream]])).join('\n'), /RESOURCE_MISMATCH .*ListStreams/);
  const wide = planted((all) => {
    for (const { Type, Properties } of Object.values<Properties>(all))
      if (Type === 'AWS::IAM::Policy') Properties.PolicyDocument.Statement[0].Resource = '*';
  });
  assert.notDeepEqual(wildcards(wide), []);
});
