import { App } from 'aws-cdk-lib';
import { stackName } from '../functions/core/stack-name.ts';
import { CrmTriggersConsoleStack } from './console-stack.ts';
import { readSettings, readStage } from './settings.ts';
import { CrmTriggersStack } from './stack.ts';

const app = new App();
const stage = readStage(app.node);
const { account, region, keepData } = readSettings(app.node);
const env = { ...(account && { account }), ...(region && { region }) };
const core = new CrmTriggersStack(app, 'CrmTriggers', {
  env,
  stackName: stackName('CrmTriggers', stage),
  description: 'Calls the URLs of the CRM Triggers tab when customers, cases, followups or tasks change.',
  terminationProtection: keepData,
});
new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', core, {
  env,
  stackName: stackName('CrmTriggersConsole', stage),
  description: 'The page on which admins type the URLs of the CRM Triggers tab, and see whether they work.',
});
