import { App, Stack } from 'aws-cdk-lib';
import { CrmTriggers, CrmTriggersConsole } from 'crm-triggers';

const app = new App();
const stack = new Stack(app, 'CrmTriggers');
const triggers = new CrmTriggers(stack, 'Triggers', { keepData: true });

// Register the page at the issuer as a public client with PKCE. Its redirect URL is the output ConsoleUrl.
// The admins are in the group crm-trigger-admins, and those who only read are in crm-trigger-viewers.
const issuer = 'https://id.example.com/';
new CrmTriggersConsole(stack, 'Console', {
  triggers,
  signIn: {
    issuer,
    clientId: 'crm-triggers',
    authorizationEndpoint: `${issuer}authorize`,
    tokenEndpoint: `${issuer}token`,
    endSessionEndpoint: `${issuer}logout`,
    groupsClaim: 'groups',
  },
});
