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
import { ADMINS, type SignIn } from '../functions/console/sign-in.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** A Cognito user pool for the admins, who come in by its own pages. Operators make the users. */
export class UserPoolSignIn extends Construct {
  readonly pool: IUserPool;
  readonly signIn: SignIn;

  /** @param consoleUrl Where admins are sent back to. */
  constructor(scope: Construct, id: string, consoleUrl: string, settings: Settings) {
    super(scope, id);
    const { region } = Stack.of(this);
    rejectWithoutUserPools(this);
    const { userPoolId } = settings;
    this.pool = userPoolId ? UserPool.fromUserPoolId(this, 'Users', userPoolId) : this.#newPool(settings);
    // Names of domains are taken once in a region, for all accounts: a part of the stack's own id makes it ours.
    const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Stack.of(this).stackId))));
    const domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: `crm-triggers-${unique}` } });
    // In GovCloud the pages of Cognito stand at another name.
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
      // A second factor, as an app on the admin's phone: these URLs say who hears of every customer.
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
    // With the pool its group is kept, and so who is in it.
    pool
      .addGroup('Admins', { groupName: ADMINS, description: 'May see and change the CRM triggers' })
      .applyRemovalPolicy(removalPolicy(settings));
    return pool;
  }

  #client(consoleUrl: string): UserPoolClient {
    const client = this.pool.addClient('Page', {
      // A page keeps no secret: the code is bound to the browser that asked for it (PKCE).
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [consoleUrl],
        logoutUrls: [consoleUrl],
      },
      preventUserExistenceErrors: true,
      // An admin cannot change the e-mail address that the history shows.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
      enableTokenRevocation: true,
      // Who leaves the group is out within the hour; who stays signs in once a working day.
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
    });
    // Without this, Cognito allows its own sign-in flows beside the pages, also for scripts.
    (client.node.defaultChild as CfnUserPoolClient).explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
    return client;
  }
}

/** @throws {Error} One line, in a region without user pools; where none is set, the one that is deployed to counts. */
function rejectWithoutUserPools(scope: Construct): void {
  const { region } = Stack.of(scope);
  const at = Token.isUnresolved(region) ? process.env.CDK_DEFAULT_REGION : region;
  if (at && /^(cn|us-iso|us-isob|us-isof|eu-isoe)-/.test(at))
    throw new Error(
      `There are no Cognito user pools in ${at}, and the console needs somebody to sign admins in: set signIn in cdk.json to an issuer of OpenID Connect.`,
    );
}
