import { Aws, CfnCondition, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPoolClient,
  ClientAttributes,
  type IUserPool,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { ADMINS, type SignIn, VIEWERS } from '../functions/console/sign-in.ts';
import type { CrmTriggersConsoleProps } from './crm-triggers-console-props.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** A Cognito user pool for the admins, who sign in on its hosted pages. Operators create the users. */
export class UserPoolSignIn extends Construct {
  readonly pool: IUserPool;
  readonly signIn: SignIn;

  /** @param consoleUrl The URL to which Cognito redirects admins. */
  constructor(
    scope: Construct,
    id: string,
    consoleUrl: string,
    { userPoolId }: Pick<CrmTriggersConsoleProps, 'userPoolId'>,
    settings: Settings,
  ) {
    super(scope, id);
    const { region } = Stack.of(this);
    rejectWithoutUserPools(this);
    this.pool = userPoolId ? UserPool.fromUserPoolId(this, 'Users', userPoolId) : this.#newPool(settings);
    // The name of a domain is unique in a region, over all accounts. A part of the stack's ID makes it unique.
    const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Stack.of(this).stackId))));
    const domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: `crm-triggers-${unique}` } });
    // In GovCloud the hosted pages have another hostname.
    const isGovCloud = new CfnCondition(this, 'IsGovCloud', {
      expression: Fn.conditionEquals(Aws.PARTITION, 'aws-us-gov'),
    });
    const auth = Fn.conditionIf(isGovCloud.logicalId, 'auth-fips', 'auth').toString();
    const client = this.#client(consoleUrl);
    const base = `https://${domain.domainName}.${auth}.${region}.amazoncognito.com`;
    this.signIn = {
      issuer: `https://cognito-idp.${region}.amazonaws.com/${this.pool.userPoolId}`,
      clientId: client.userPoolClientId,
      authorizationEndpoint: `${base}/oauth2/authorize`,
      tokenEndpoint: `${base}/oauth2/token`,
      endSessionEndpoint: `${base}/logout`,
      revocationEndpoint: `${base}/oauth2/revoke`,
      groupsClaim: 'cognito:groups',
    };
  }

  #newPool(settings: Settings): UserPool {
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      // A second factor is required, because an admin determines who receives the IDs of all customers.
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(7),
      },
      removalPolicy: removalPolicy(settings),
      deletionProtection: settings.deletionProtection,
    });
    // The groups are kept with the pool, so that their members remain.
    for (const [id, groupName, description] of [
      ['Admins', ADMINS, 'May see and change the CRM triggers'],
      ['Viewers', VIEWERS, 'May see the CRM triggers, without secrets and credentials in URLs'],
    ] as const)
      pool.addGroup(id, { groupName, description }).applyRemovalPolicy(removalPolicy(settings));
    return pool;
  }

  #client(consoleUrl: string): UserPoolClient {
    const client = this.pool.addClient('Page', {
      // A page cannot keep a client secret. PKCE binds the code to the browser that requested it.
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [consoleUrl],
        logoutUrls: [consoleUrl],
      },
      preventUserExistenceErrors: true,
      // Admins cannot change their email address, because the history shows it.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
      enableTokenRevocation: true,
      // An admin who is removed from the group loses access within an hour. The others sign in once a working day.
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
    });
    // By default Cognito also allows flows without the hosted pages, which scripts could use.
    (client.node.defaultChild as CfnUserPoolClient).explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
    return client;
  }
}

/** @throws {Error} One line, when the region has no user pools. If the stack has no region, the region of the deployment is checked. */
function rejectWithoutUserPools(scope: Construct): void {
  const { region } = Stack.of(scope);
  const at = Token.isUnresolved(region) ? process.env.CDK_DEFAULT_REGION : region;
  if (at && /^(cn|us-iso|us-isob|us-isof|eu-isoe)-/.test(at))
    throw new Error(
      `Cognito user pools are not available in ${at}, so admins cannot sign in to the console. To fix this, set signIn to your OpenID Connect issuer.`,
    );
}
