import { App } from 'aws-cdk-lib';
import { CrmTriggersStack } from './stack.ts';

const app = new App();
new CrmTriggersStack(app, 'CrmTriggers', {
  description: 'Calls the URLs of the CRM Triggers tab when customers, cases, followups or tasks change.',
});
