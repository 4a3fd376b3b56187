import { CfnOutput, Stack } from 'aws-cdk-lib';
import { OidcProviderNative, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

const ISSUER = 'token.actions.githubusercontent.com';

interface GitHubRolesProps {
  /** The repository: `owner/name`. */
  readonly repository: string;
  /** The environment of GitHub in which the role can be assumed. Its protection rules decide who may deploy. */
  readonly environment: string;
}

/**
 * Two roles for GitHub Actions without stored keys. Pull requests can only read what is deployed; jobs of the environment can deploy.
 * Both assume the roles of the CDK's bootstrap stack.
 */
export class GitHubRoles extends Construct {
  constructor(scope: Construct, id: string, { repository, environment }: GitHubRolesProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const provider = new OidcProviderNative(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIds: ['sts.amazonaws.com'],
    });
    const role = (name: string, subject: string, assumed: string) => {
      const created = new Role(this, name, {
        roleName: `crm-triggers-${name.toLowerCase()}-${environment}`,
        assumedBy: new WebIdentityPrincipal(provider.oidcProviderArn, {
          StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: `repo:${repository}:${subject}` },
        }),
      });
      const resources = [`arn:aws:iam::${account}:role/cdk-hnb659fds-${assumed}-role-${account}-${region}`];
      created.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources }));
      new CfnOutput(this, `${name}RoleArn`, { value: created.roleArn });
    };
    role('Diff', 'pull_request', 'lookup');
    role('Deploy', `environment:${environment}`, '*');
  }
}
