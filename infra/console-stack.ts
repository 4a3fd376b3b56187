import { ArnFormat, CfnOutput, Duration, Stack, type StackProps, Token } from 'aws-cdk-lib';
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
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Variables } from '../functions/adapters/env.ts';
import type { consoleEnv } from '../functions/console/env.ts';
import { pageFiles } from '../functions/console/serve-page.ts';
import { capital } from '../functions/core/capital.ts';
import { entityNames } from '../functions/core/entity.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import { published } from './published.ts';
import { ServiceFunction } from './service-function.ts';
import { readSettings, removalPolicy, rowRulesOf, type Settings } from './settings.ts';
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
    this.addStackDependency(core);
    const settings = readSettings(this.node);
    const outputs = outputsFor(this, core, settings);
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
        // The path without its query, and no header: neither tokens nor what was set.
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
      stage: 'console',
      environment: { OUTPUTS: this.toJsonString(outputs), SIGN_IN: this.toJsonString(signIn) },
      // As long as the HTTP API waits.
      timeout: Duration.seconds(29),
      memoryMiB: 512,
      settings,
      alongside: { folder: 'page', script: 'infra/write-page.ts' },
    });
    this.#grantAdmin(core, outputs, shown);

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
  /** What the admin's operations need of the stack that they are for, and no more. */
  #grantAdmin(core: CrmTriggersStack, outputs: Outputs, to: ServiceFunction<Record<string, string>>): void {
    const allow = (resource: string, ...actions: string[]) =>
      to.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
    const table = (resourceName: string) => this.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
    const read = ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'];
    allow(table(outputs.TriggersTable), ...read);
    allow(table(outputs.SecretsTable), ...read);
    const rows = ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
    allow(table(outputs.BacklogTable), ...rows);
    allow(table(outputs.DeliveryLogTable), 'dynamodb:Query');
    const keyActions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
    allow(published(this, core, 'SecretsKeyArn'), ...keyActions);
    for (const entity of entityNames) {
      const { tableArn, encryptionKey } = core.tables.crm[entity];
      const made = Token.isUnresolved(tableArn);
      allow(made ? table(outputs[`${capital(entity)}Table` as keyof Outputs]) : tableArn, 'dynamodb:GetItem');
      if (!made && encryptionKey) allow(encryptionKey.keyArn, 'kms:Decrypt');
    }
    allow(published(this, core, 'DeliveryQueueArn'), 'sqs:SendMessage', 'sqs:GetQueueAttributes');
    const drain = { service: 'lambda', resource: 'function', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    allow(this.formatArn({ ...drain, resourceName: outputs.DrainFunction }), 'lambda:InvokeFunction');
  }
}

/** A flood of requests for the page, which anybody may read, uses up nothing of what the API has for admins. */
function throttleApart(stage: HttpStage, routes: readonly HttpRoute[]): void {
  const own = { ThrottlingRateLimit: REQUESTS_PER_SECOND, ThrottlingBurstLimit: BURST };
  const cfn = stage.node.defaultChild as CfnStage;
  cfn.routeSettings = Object.fromEntries(open.map((path) => [`GET ${path}`, own]));
  // CloudFormation rejects settings of a route that does not exist yet.
  for (const route of routes) cfn.node.addDependency(route);
}

/**
 * The outputs as the console's function is reported them. Of the rows it is reported only what it reads: the attributes that hold the
 * ids. All attributes that are ignored could be more than an environment holds.
 */
function outputsFor(scope: Construct, core: CrmTriggersStack, settings: Settings): Outputs {
  const known = Object.entries(core.outputs).map(([name, value]) => [
    name,
    Token.isUnresolved(value) ? published(scope, core, name) : value,
  ]);
  const rules = entityNames.map((entity) => [entity, { names: rowRulesOf(entity, settings).names }]);
  return { ...Object.fromEntries(known), RowRules: JSON.stringify(Object.fromEntries(rules)) } as Outputs;
}
