import { App } from 'aws-cdk-lib';
import { CrmTriggersConsoleStack } from './console-stack.ts';
import { CrmTriggersStack } from './stack.ts';

const app = new App();
const core = new CrmTriggersStack(app, 'CrmTriggers', {
  description: 'Calls the URLs of the CRM Triggers tab when customers, cases, followups or tasks change.',
});
new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', core, {
  description: 'The page on which admins type the URLs of the CRM Triggers tab, and see whether they work.',
});
