import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, OAuthScope, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { ADMINS, type SignIn } from '../functions/console/sign-in.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** A Cognito user pool for the admins, who come in by its own pages. Operators make the users. */
export class UserPoolSignIn extends Construct {
  readonly pool: UserPool;
  readonly signIn: SignIn;

  /** @param consoleUrl Where admins are sent back to. */
  constructor(scope: Construct, id: string, consoleUrl: string, settings: Settings) {
    super(scope, id);
    const { region } = Stack.of(this);
    this.pool = new UserPool(this, 'Users', {
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
      deletionProtection: settings.keepData,
    });
    this.pool.addGroup('Admins', { groupName: ADMINS, description: 'May see and change the CRM triggers' });
    // Names of domains are taken once in a region, for all accounts: a part of the stack's own id makes it ours.
    const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Stack.of(this).stackId))));
    const domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix: `crm-triggers-${unique}` } });
    const client = this.#client(consoleUrl);
    const base = `https://${domain.domainName}.auth.${region}.amazoncognito.com`;
    this.signIn = {
      issuer: `https://cognito-idp.${region}.amazonaws.com/${this.pool.userPoolId}`,
      clientId: client.userPoolClientId,
      authorizationEndpoint: `${base}/oauth2/authorize`,
      tokenEndpoint: `${base}/oauth2/token`,
      endSessionEndpoint: `${base}/logout`,
      groupsClaim: 'cognito:groups',
    };
  }

  #client(consoleUrl: string): UserPoolClient {
    return this.pool.addClient('Page', {
      // A page keeps no secret: the code is bound to the browser that asked for it (PKCE).
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [consoleUrl],
        logoutUrls: [consoleUrl],
      },
      authFlows: {},
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // Who leaves the group is out within the hour; who stays signs in once a working day.
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
    });
  }
}
