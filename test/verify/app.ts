import { App } from 'aws-cdk-lib';
import { ReceiverStack } from './receiver-stack.ts';
import { receiverStack } from './stage.ts';

const app = new App();
new ReceiverStack(app, 'CrmTriggersReceiver', {
  stackName: receiverStack(app.node.tryGetContext('stage')),
  description: 'The receiver of npm run verify. It can be deleted at any time.',
});
