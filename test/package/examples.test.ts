import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CreateOpenIDConnectProviderCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { pathWithThisNode } from '../../cli/local/process.ts';
import { findDeployment } from '../../functions/operations/deployment.ts';
import { root } from '../../infra/folders.ts';
import { assertAllFire } from '../support/all-triggers.ts';
import { assertGate } from '../support/diff-gate.ts';
import { runningEmulator } from '../support/emulator.ts';
import { useExisting } from '../support/existing-resources.ts';
import { cdkPackages, emptyProject, packed } from '../support/packed.ts';
import { newTable, writeExisting } from '../support/renamed-tables.ts';
import type { Properties } from '../support/template.ts';

const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Props that the emulator needs, and those that allow receivers on this machine. */
const LOCAL = "emulated: true, allowHttp: true, allowedPrivateNetworks: ['0.0.0.0/0'],";

/** The accounts in examples/stages/app.ts. MiniStack takes an access key of twelve digits for the account. */
const accounts = [
  ['test', '111122223333'],
  ['prod', '444455556666'],
] as const;

const GITHUB = 'token.actions.githubusercontent.com';

/** The resources of a stack of an example. */
const resources = (folder: string, stack: string): Properties[] =>
  Object.values(JSON.parse(readFileSync(join(folder, 'cdk.out', `${stack}.template.json`), 'utf8')).Resources);

const ofType = (all: readonly Properties[], type: string) =>
  all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties as Properties);

describe('the examples', () => {
  let project: Awaited<ReturnType<typeof emptyProject>>;
  const folderOf = (example: string) => join(project.cwd, example);
  /** Synthesizes an app into cdk.out, as the CDK does: with the context of its cdk.json. */
  const synth = (example: string, more: object = {}) => {
    const { context } = JSON.parse(readFileSync(join(folderOf(example), 'cdk.json'), 'utf8'));
    const env = { ...process.env, CDK_OUTDIR: 'cdk.out', CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }) };
    return project.run(process.execPath, ['app.ts'], env, folderOf(example));
  };
  /** Runs the CDK on what an example was synthesized to. */
  const cdk = (example: string, ...words: string[]) =>
    project.run(
      process.execPath,
      [join(project.cwd, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...words, '--app', 'cdk.out'],
      { ...process.env, PATH: pathWithThisNode },
      folderOf(example),
    );

  before(async () => {
    project = await emptyProject();
    await project.run('npm', ['init', '-y']);
    const packages = await cdkPackages('aws-cdk-lib', 'constructs', 'aws-cdk', '@types/node');
    await project.run('npm', ['install', '--no-audit', '--no-fund', await packed(), ...packages]);
    for (const name of examples) await cp(join(root, 'examples', name), folderOf(name), { recursive: true });
  });
  after(() => project?.[Symbol.asyncDispose]());

  test('are all listed in examples/README.md, and have the manifest of a CDK app', () => {
    const text = readFileSync(join(root, 'examples', 'README.md'), 'utf8');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    assert.ok(examples.length >= 5);
    for (const name of examples) {
      assert.ok(text.includes(`(${name}/app.ts)`), name);
      const { dependencies } = JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8'));
      assert.equal(dependencies['crm-triggers'], `^${version}`, name);
    }
  });

  test('compile in strict mode', async () => {
    const tsc = join(root, 'test', 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'esnext', '--types', 'node'];
    const apps = examples.map((name) => join(name, 'app.ts'));
    await project.run(process.execPath, [tsc, ...options, '--allowImportingTsExtensions', ...apps]);
  });

  for (const example of examples)
    test(`${example} is synthesized without a warning`, async () => {
      assert.doesNotMatch(await synth(example), /warn|deprecat/i);
    });

  test('stages: each stage has its account, and its roles trust one repository', () => {
    const manifest = JSON.parse(readFileSync(join(folderOf('stages'), 'cdk.out', 'manifest.json'), 'utf8'));
    const places = Object.entries<Properties>(manifest.artifacts).flatMap(([name, { environment }]) =>
      /^CrmTriggers-\w+$/.test(name) ? [[name, environment]] : [],
    );
    assert.deepEqual(Object.fromEntries(places), {
      'CrmTriggers-test': 'aws://111122223333/eu-west-1',
      'CrmTriggers-prod': 'aws://444455556666/eu-west-1',
    });
    const [diff, deploy] = ofType(resources(folderOf('stages'), 'GitHub-prod'), 'AWS::IAM::Role').map(
      ({ AssumeRolePolicyDocument: { Statement } }) => Statement[0].Condition.StringEquals,
    );
    const subject = `${GITHUB}:sub`;
    assert.equal(diff?.[subject], 'repo:your-organization/your-repository:pull_request');
    assert.equal(deploy?.[subject], 'repo:your-organization/your-repository:environment:prod');
  });

  test('vpc: only deliver and drain are in the private subnets', () => {
    const functions = ofType(resources(folderOf('vpc'), 'CrmTriggers'), 'AWS::Lambda::Function');
    const inside = functions.filter(({ VpcConfig }) => VpcConfig);
    assert.equal(inside.length, 2);
    for (const { VpcConfig } of inside)
      for (const { Ref } of VpcConfig.SubnetIds) assert.match(Ref, /^VpcPrivateSubnet/);
  });

  describe('on an emulator', () => {
    const templateOf = (example: string, stack: string) => join(folderOf(example), 'cdk.out', `${stack}.template.json`);

    /** Synthesizes an example with the props for the emulator, which replace its own. */
    async function synthLocal(example: string, context?: object) {
      const source = readFileSync(join(root, 'examples', example, 'app.ts'), 'utf8');
      assert.match(source, /'Triggers', \{/);
      const others = source.replace(/^ *allowedPrivateNetworks: .*\n/m, '');
      await project.write(`${example}/app.ts`, others.replace("'Triggers', {", `'Triggers', { ${LOCAL}`));
      await rm(join(folderOf(example), 'cdk.out'), { recursive: true, force: true });
      await synth(example, context);
    }

    async function deploy(example: string, ...stacks: string[]) {
      await cdk(example, 'bootstrap');
      await cdk(example, 'deploy', ...stacks, '--require-approval', 'never');
    }

    /** Runs a test on an emulator of its own. */
    const emulated = (title: string, work: () => Promise<void>) =>
      test(title, async () => {
        const emulator = await runningEmulator();
        try {
          await work();
        } finally {
          await emulator.stop();
        }
      });

    for (const example of ['new-tables', 'own-sign-in'])
      emulated(`${example} is deployed, and all triggers fire`, async () => {
        await synthLocal(example);
        await deploy(example);
        await assertAllFire();
      });

    emulated('existing-tables is deployed over tables that are there, and all triggers fire', async () => {
      const accountsStream = await newTable('Accounts', ['account_id']);
      const ticketsStream = await newTable('Tickets', ['account_id', 'number']);
      await synthLocal('existing-tables', { accountsStream, ticketsStream });
      await deploy('existing-tables');
      await assertAllFire(writeExisting);
    });

    // MiniStack rejects a template with AWS::EC2::EIP or AWS::EC2::NatGateway.
    emulated('vpc is deployed with its subnets, and all triggers fire; its NAT gateway exists already', async () => {
      await synthLocal('vpc');
      const nat = 'nat-0a1b2c3d4e5f60718';
      useExisting(templateOf('vpc', 'CrmTriggers'), {
        'AWS::EC2::EIP': 'eipalloc-0a1b2c3d',
        'AWS::EC2::NatGateway': nat,
      });
      await deploy('vpc');
      await assertAllFire();
      // MiniStack ignores VpcConfig of a function, so only the network itself can be checked.
      const { StackResources = [] } = await new CloudFormationClient().send(
        new DescribeStackResourcesCommand({ StackName: 'CrmTriggers' }),
      );
      const ids = StackResources.map(({ PhysicalResourceId }) => PhysicalResourceId?.split('-')[0]);
      for (const [kind, count] of [
        ['vpc', 1],
        ['subnet', 4],
        ['sg', 1],
      ] as const)
        assert.equal(ids.filter((id) => id === kind).length, count, kind);
    });

    emulated(
      'stages is deployed into two accounts, with the roles of GitHub Actions, and all triggers fire',
      async () => {
        await synthLocal('stages');
        for (const [stage, account] of accounts) {
          Object.assign(process.env, {
            AWS_ACCESS_KEY_ID: account,
            AWS_REGION: 'eu-west-1',
            AWS_DEFAULT_REGION: 'eu-west-1',
          });
          // MiniStack rejects a template with AWS::IAM::OIDCProvider, but its API of IAM can create one.
          const create = { Url: `https://${GITHUB}`, ClientIDList: ['sts.amazonaws.com'] };
          const { OpenIDConnectProviderArn = '' } = await new IAMClient().send(
            new CreateOpenIDConnectProviderCommand(create),
          );
          useExisting(templateOf('stages', `GitHub-${stage}`), { 'AWS::IAM::OIDCProvider': OpenIDConnectProviderArn });
          await cdk('stages', 'bootstrap', `aws://${account}/eu-west-1`);
          await cdk('stages', 'deploy', `GitHub-${stage}`, `CrmTriggers-${stage}`, '--require-approval', 'never');
          await assertAllFire(undefined, stage);
          const { Role } = await new IAMClient().send(new GetRoleCommand({ RoleName: `crm-triggers-deploy-${stage}` }));
          const [trust] = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).Statement;
          assert.equal(trust.Principal.Federated, `arn:aws:iam::${account}:oidc-provider/${GITHUB}`);
        }
        await assert.rejects(findDeployment('test'), /There is no stack CrmTriggers-test/, 'in the account of prod');
        await assertGate(folderOf('stages'), 'CrmTriggers-prod', project.run);
      },
    );
  });
});
