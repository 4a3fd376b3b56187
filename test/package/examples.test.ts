import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { pathWithThisNode } from '../../cli/local/process.ts';
import { root } from '../../infra/folders.ts';
import { assertAllFire, type Writer } from '../support/all-triggers.ts';
import { runningEmulator } from '../support/emulator.ts';
import { cdkPackages, emptyProject, packed } from '../support/packed.ts';
import type { Properties } from '../support/template.ts';

const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Props that the emulator needs, and those that allow receivers on this machine. */
const LOCAL = "emulated: true, allowHttp: true, allowedPrivateNetworks: ['0.0.0.0/0'],";

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
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
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
    const subject = 'token.actions.githubusercontent.com:sub';
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
    /** Deploys an example with the props for the emulator, and checks that all triggers fire. */
    async function deployed(example: string, prepare: () => Promise<{ context?: object; write?: Writer }>) {
      const emulator = await runningEmulator();
      try {
        const { context, write } = await prepare();
        const source = readFileSync(join(root, 'examples', example, 'app.ts'), 'utf8');
        assert.match(source, /'Triggers', \{/);
        await project.write(`${example}/app.ts`, source.replace("'Triggers', {", `'Triggers', { ${LOCAL}`));
        await rm(join(folderOf(example), 'cdk.out'), { recursive: true, force: true });
        await synth(example, context);
        await cdk(example, 'bootstrap');
        await cdk(example, 'deploy', '--require-approval', 'never');
        await assertAllFire(write);
      } finally {
        await emulator.stop();
      }
    }

    for (const example of ['new-tables', 'own-sign-in'])
      test(`${example} is deployed, and all triggers fire`, () => deployed(example, async () => ({})));

    test('existing-tables is deployed over tables that are there, and all triggers fire', () =>
      deployed('existing-tables', async () => {
        const accountsStream = await newTable('Accounts', ['account_id']);
        const ticketsStream = await newTable('Tickets', ['account_id', 'number']);
        return { context: { accountsStream, ticketsStream }, write: writeExisting };
      }));
  });
});

/** Creates a table with a stream. @returns The ARN of the stream. */
async function newTable(TableName: string, keys: readonly string[]): Promise<string> {
  const { TableDescription } = await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return TableDescription?.LatestStreamArn ?? assert.fail();
}

/** Writes rows of the tables with other names, as a program that knows nothing of crm-triggers. */
const writeExisting: Writer = (action, entity, { AccountID = '', CaseID = '' }) => {
  if (entity !== 'customer' && entity !== 'case') return undefined;
  const Key = { account_id: { S: AccountID }, ...(entity === 'case' && { number: { S: CaseID } }) };
  const TableName = entity === 'customer' ? 'Accounts' : 'Tickets';
  const Item = { ...Key, state: { S: action } };
  return action === 'delete'
    ? new DynamoDBClient().send(new DeleteItemCommand({ TableName, Key }))
    : new DynamoDBClient().send(new PutItemCommand({ TableName, Item }));
};
