import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { CrmTriggers } from './crm-triggers.ts';

/** Your OpenID Connect issuer. Each URL begins with `https://`; another URL stops the synthesis. */
export interface ConsoleSignIn {
  /** The issuer, as in its tokens. */
  readonly issuer: string;
  /** The client ID of the page at the issuer. Tokens for other clients are rejected. */
  readonly clientId: string;
  /** The URL at which users sign in. */
  readonly authorizationEndpoint: string;
  /** The URL at which the page exchanges a code for tokens. */
  readonly tokenEndpoint: string;
  /**
   * The URL that ends the session at the issuer.
   * @default - a sign-out does not end the session at the issuer
   */
  readonly endSessionEndpoint?: string;
  /**
   * The URL that revokes refresh tokens.
   * @default - a sign-out does not revoke the refresh token
   */
  readonly revocationEndpoint?: string;
  /**
   * The claim of an ID token that lists the groups of its user.
   * @default 'groups'
   */
  readonly groupsClaim?: string;
}

/** A custom domain of the console. */
export interface ConsoleDomain {
  /** The name, such as `crm-triggers.example.com`. Another text stops the synthesis. */
  readonly name: string;
  /** The ARN of its certificate in AWS Certificate Manager, in the region of the stack. Another text stops the synthesis. */
  readonly certificateArn: string;
}

/** The props of CrmTriggersConsole. */
export interface CrmTriggersConsoleProps {
  /** The construct whose URLs admins set on the page. It is in the same stack, or in another stack of the same account and region. */
  readonly triggers: CrmTriggers;
  /**
   * Your OpenID Connect issuer. It replaces a user pool. An invalid value stops the synthesis.
   * @default - a Cognito user pool, in which operators create the users
   */
  readonly signIn?: ConsoleSignIn;
  /**
   * The ID of a Cognito user pool that a deleted console stack left, such as `eu-west-1_AbCdEfGhI`.
   * Another text stops the synthesis.
   * @default - a new user pool
   */
  readonly userPoolId?: string;
  /**
   * A custom domain of the page. An invalid value stops the synthesis.
   * @default - the domain that API Gateway generates
   */
  readonly domain?: ConsoleDomain;
  /**
   * The actions of the console's alarm. The topic of `alarmEmail` of `triggers` is notified too.
   * @default - no other actions
   */
  readonly alarmActions?: readonly IAlarmAction[];
}
