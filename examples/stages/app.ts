import { App, Stack } from 'aws-cdk-lib';
import { CrmTriggers, CrmTriggersConsole, type CrmTriggersProps } from 'crm-triggers';
import { GitHubRoles } from './github-roles.ts';

/** The repository whose workflow deploys. */
const REPOSITORY = 'your-organization/your-repository';

/** Each stage has an account and a region of its own. */
const stages: Readonly<Record<string, { account: string; region: string; props: CrmTriggersProps }>> = {
  test: { account: '111122223333', region: 'eu-west-1', props: { keepData: false, allowedPorts: [25] } },
  prod: {
    account: '444455556666',
    region: 'eu-west-1',
    // Set this to true after the first deployment has succeeded.
    props: { deletionProtection: false, alarmEmail: 'on-call@example.com' },
  },
};

const app = new App();
for (const [stage, { account, region, props }] of Object.entries(stages)) {
  const env = { account, region };
  // Deployed once, by hand: npx cdk deploy GitHub-test, and then GitHub-prod.
  new GitHubRoles(new Stack(app, `GitHub-${stage}`, { env }), 'Roles', { repository: REPOSITORY, environment: stage });
  // The command line finds the stack with --stage test or --stage prod.
  const stack = new Stack(app, `CrmTriggers-${stage}`, { env });
  const triggers = new CrmTriggers(stack, 'Triggers', { ...props, stage });
  new CrmTriggersConsole(stack, 'Console', { triggers });
}
