import { App } from 'aws-cdk-lib';
import { stackName } from '../functions/core/stack-name.ts';
import { mismatch } from '../functions/core/stage-account.ts';
import { CrmTriggersConsoleStack } from './console-stack.ts';
import { readSettings, readStage } from './settings.ts';
import { CrmTriggersStack } from './stack.ts';

const app = new App();
const stage = readStage(app.node);
const { account, region, deletionProtection } = readSettings(app.node);
// The CDK sets this to the account of the credentials, if there are any. The region is that of the stage, whatever AWS_REGION says.
const { CDK_DEFAULT_ACCOUNT: found } = process.env;
const wrong = found && mismatch(stage, { ...(account && { account }) }, { account: found });
if (wrong) throw new Error(wrong);
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
