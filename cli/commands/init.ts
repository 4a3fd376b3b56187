import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../functions/operations/user-error.ts';
import { root } from '../../infra/folders.ts';
import type { Command, Printed } from '../command.ts';

const app = `import { App, Stack } from 'aws-cdk-lib';
import { CrmTriggers, CrmTriggersConsole } from 'crm-triggers';

// The command line finds the stack by its name. docs/construct.md of the package lists all props.
const stack = new Stack(new App(), 'CrmTriggers');
const triggers = new CrmTriggers(stack, 'Triggers');
new CrmTriggersConsole(stack, 'Console', { triggers });
`;

const NEXT = `
  npm install
  npx cdk bootstrap   # once per account and region
  npx cdk deploy
  npx crm-triggers set customer.create https://your.host/hook`;

export const initCommand: Command = {
  summary: 'Write a minimal CDK app into the working folder, which must be empty',
  details: 'It writes `package.json`, `cdk.json` and `app.js`. It works in no AWS account.',
  examples: ['init'],
  words: [],
  alone: () => init('.'),
  run: () => init('.'),
};

/** @throws {UserError} When the folder is not empty. A new Git repository counts as empty. */
async function init(folder: string): Promise<Printed> {
  const present = (await readdir(folder)).filter((name) => name !== '.git');
  if (present.length > 0)
    throw new UserError(
      `The folder ${resolve(folder)} is not empty: it contains ${JSON.stringify(present[0])}. To fix this, run crm-triggers init in an empty folder.`,
    );
  const files = await filesOf();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const names = Object.keys(files);
  return { json: { files: names }, text: `Wrote ${names.join(', ')}. Next:\n${NEXT}` };
}

async function filesOf(): Promise<Readonly<Record<string, string>>> {
  const { name, version, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const manifest = {
    name: 'crm-triggers-app',
    private: true,
    type: 'module',
    dependencies: {
      'aws-cdk-lib': `^${devDependencies['aws-cdk-lib']}`,
      constructs: `^${devDependencies.constructs}`,
      [name]: `^${version}`,
    },
    devDependencies: { 'aws-cdk': `^${devDependencies['aws-cdk']}` },
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'cdk.json': `${JSON.stringify({ app: 'node app.js' }, null, 2)}\n`,
    'app.js': app,
  };
}
