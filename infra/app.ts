import { App } from 'aws-cdk-lib';
import { stackName } from '../functions/core/stack-name.ts';
import { mismatch } from '../functions/core/stage-account.ts';
import { CrmTriggersConsoleStack } from './console-stack.ts';
import { readSettings, readStage } from './settings.ts';
import { CrmTriggersStack } from './stack.ts';

const app = new App();
const stage = readStage(app.node);
const { account, region, deletionProtection } = readSettings(app.node);
// The CDK sets CDK_DEFAULT_ACCOUNT to the account of the credentials. The region needs no check: the stage's region is used, not AWS_REGION.
const { CDK_DEFAULT_ACCOUNT: credentialsAccount } = process.env;
const error = credentialsAccount && mismatch(stage, { ...(account && { account }) }, { account: credentialsAccount });
if (error) throw new Error(error);
const env = { ...(account && { account }), ...(region && { region }) };
const core = new CrmTriggersStack(app, 'CrmTriggers', {
  env,
  stackName: stackName('CrmTriggers', stage),
  description: 'Calls the URLs of the CRM Triggers tab when customers, cases, followups or tasks change.',
  terminationProtection: deletionProtection,
});
new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', core, {
  env,
  stackName: stackName('CrmTriggersConsole', stage),
  description: 'The page on which admins set the URLs of the CRM Triggers tab, and see whether they work.',
});
