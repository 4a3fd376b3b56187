import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Variables } from '../functions/adapters/env.ts';
import type { consoleEnv } from '../functions/console/env.ts';
import { pageFiles } from '../functions/console/serve-page.ts';
import { consoleBinding } from './console-binding.ts';
import { ServiceFunction } from './service-function.ts';
import { readSettings, removalPolicy } from './settings.ts';
import { UserPoolSignIn } from './sign-in.ts';
import type { CrmTriggersStack } from './stack.ts';

/** Enough for a few admins, whose pages send a request every few seconds. */
const REQUESTS_PER_SECOND = 20;
const BURST = 40;

/** Paths without authorization: the page itself, and the configuration of sign-in. */
const open = [...pageFiles.map((name) => (name === 'index.html' ? '/' : `/${name}`)), '/sign-in.json'];

/** The page for admins: browser → HTTP API → the console's function. An optional stack beside the core stack. */
export class CrmTriggersConsoleStack extends Stack {
  constructor(scope: Construct, id: string, core: CrmTriggersStack, props?: StackProps) {
    super(scope, id, props);
    this.addStackDependency(core);
    const settings = readSettings(this.node);
    const outputs = consoleBinding(this, core, settings);
    const api = new HttpApi(this, 'Api', { createDefaultStage: false });
    const url = `${api.apiEndpoint}/`;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: BURST },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        // The path without its query, and no headers, so that the log contains no tokens and no URLs.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            time: '$context.requestTime',
            method: '$context.httpMethod',
            path: '$context.path',
            from: '$context.identity.sourceIp',
            status: '$context.status',
            milliseconds: '$context.responseLatency',
            who: '$context.authorizer.claims.sub',
            rejected: '$context.authorizer.error',
          }),
        ),
      },
    });

    const pool = settings.signIn ? undefined : new UserPoolSignIn(this, 'SignIn', url, settings);
    const signIn = settings.signIn ?? (pool as UserPoolSignIn).signIn;
    const shown = new ServiceFunction<Variables<typeof consoleEnv>>(this, 'Function', {
      folder: 'console',
      environment: { OUTPUTS: outputs, SIGN_IN: this.toJsonString(signIn) },
      // The HTTP API stops waiting after 29 seconds.
      timeout: Duration.seconds(29),
      memoryMiB: 512,
      settings,
      alongside: { folder: 'page', script: 'infra/write-page.ts' },
    });

    const integration = new HttpLambdaIntegration('Function', shown);
    const routes = open.flatMap((path) => api.addRoutes({ path, methods: [HttpMethod.GET], integration }));
    throttleApart(stage, routes);
    api.addRoutes({
      path: '/api/{proxy+}',
      methods: [HttpMethod.ANY],
      integration,
      authorizer: new HttpJwtAuthorizer('Admins', signIn.issuer, { jwtAudience: [signIn.clientId] }),
    });

    new CfnOutput(this, 'ConsoleUrl', { value: url });
    if (pool) new CfnOutput(this, 'UserPoolId', { value: pool.pool.userPoolId });
  }
}

/** Limits the public routes separately, so that a flood of requests for the page does not use up the limits of the API. */
function throttleApart(stage: HttpStage, routes: readonly HttpRoute[]): void {
  const limits = { ThrottlingRateLimit: REQUESTS_PER_SECOND, ThrottlingBurstLimit: BURST };
  const cfn = stage.node.defaultChild as CfnStage;
  cfn.routeSettings = Object.fromEntries(open.map((path) => [`GET ${path}`, limits]));
  // CloudFormation rejects settings for a route that does not exist yet.
  for (const route of routes) cfn.node.addDependency(route);
}
