import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { pageFiles } from '../functions/admin/serve-page.ts';
import type { consoleEnv } from '../functions/console/env.ts';
import type { Variables } from '../functions/edge/env.ts';
import { ServiceFunction } from './service-function.ts';
import { readSettings, removalPolicy } from './settings.ts';
import { UserPoolSignIn } from './sign-in.ts';
import type { CrmTriggersStack } from './stack.ts';

/** For a handful of admins whose pages look every few seconds; more is no admin's doing. */
const REQUESTS_PER_SECOND = 20;
const BURST = 40;

/** Anybody may read these: the page itself, and where to sign in. */
const open = [...pageFiles.map((name) => (name === 'index.html' ? '/' : `/${name}`)), '/sign-in.json'];

/** The page for admins: browser → HTTP API → the console's function. Deployed, or not, beside the stack that it shows. */
export class CrmTriggersConsoleStack extends Stack {
  constructor(scope: Construct, id: string, core: CrmTriggersStack, props?: StackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);
    const api = new HttpApi(this, 'Api', { createDefaultStage: false });
    const url = `${api.apiEndpoint}/`;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: BURST },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        // The path without its query, and no header: neither tokens nor what was typed.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            time: '$context.requestTime',
            method: '$context.httpMethod',
            path: '$context.path',
            status: '$context.status',
            milliseconds: '$context.responseLatency',
            who: '$context.authorizer.claims.sub',
            refused: '$context.authorizer.error',
          }),
        ),
      },
    });

    const pool = settings.signIn ? undefined : new UserPoolSignIn(this, 'SignIn', url, settings);
    const signIn = settings.signIn ?? (pool as UserPoolSignIn).signIn;
    const shown = new ServiceFunction<Variables<typeof consoleEnv>>(this, 'Function', {
      stage: 'console',
      environment: { OUTPUTS: this.toJsonString(core.outputs), SIGN_IN: this.toJsonString(signIn) },
      // As long as the HTTP API waits.
      timeout: Duration.seconds(29),
      memoryMiB: 512,
      settings,
      alongside: { folder: 'page', script: 'infra/write-page.ts' },
    });
    grantAdmin(core, shown);

    const integration = new HttpLambdaIntegration('Function', shown);
    for (const path of open) api.addRoutes({ path, methods: [HttpMethod.GET], integration });
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

/** What the admin's operations need of the stack that they are for, and no more. */
function grantAdmin({ tables, queue, drain }: CrmTriggersStack, to: ServiceFunction<Record<string, string>>): void {
  tables.triggers.grant(to, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem');
  tables.backlog.grant(to, 'dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem');
  tables.deliveryLog.grant(to, 'dynamodb:Query');
  tables.grantChangeSecrets(to);
  for (const table of Object.values(tables.crm)) {
    table.grant(to, 'dynamodb:GetItem');
    table.encryptionKey?.grantDecrypt(to);
  }
  queue.grant(to, 'sqs:SendMessage', 'sqs:GetQueueAttributes');
  // The function alone, where grantInvoke adds its versions.
  to.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [drain.function.functionArn] }),
  );
}
