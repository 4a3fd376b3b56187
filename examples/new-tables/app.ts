import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CrmTriggers, CrmTriggersConsole } from 'crm-triggers';

const stack = new Stack(new App(), 'CrmTriggers');
const triggers = new CrmTriggers(stack, 'Triggers', { alarmEmail: 'on-call@example.com' });
const console = new CrmTriggersConsole(stack, 'Console', { triggers });

// A function of your own that writes customers. Each row that it creates fires customer.create.
const imports = new LambdaFunction(stack, 'Import', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async () => {};'),
  environment: { CUSTOMERS: triggers.crmTables.customer.tableName },
});
triggers.crmTables.customer.grantWriteData(imports);

new CfnOutput(stack, 'Page', { value: console.url });
