import { ArnFormat, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Variables } from '../functions/adapters/env.ts';
import type { consoleEnv } from '../functions/console/env.ts';
import { perEntity } from '../functions/core/entity.ts';
import { alarmNamesPath } from '../functions/core/stack-name.ts';
import type { Outputs } from '../functions/operations/deployment.ts';
import { valueFor } from './admin-grant.ts';
import type { Binding } from './binding.ts';
import { ConsoleAlarm } from './console-alarm.ts';
import { CustomDomain } from './console-domain.ts';
import { accessLogOf, consoleStage, openPaths, throttleApart } from './console-stage.ts';
import type { CrmTriggers } from './crm-triggers.ts';
import type { CrmTriggersConsoleProps } from './crm-triggers-console-props.ts';
import { propTitle } from './props.ts';
import { ServiceFunction } from './service-function.ts';
import { checked, rowRulesOf } from './settings.ts';
import { consolePropsSchema } from './settings-schema.ts';
import { UserPoolSignIn } from './sign-in.ts';

/** The page on which admins set URLs: browser → HTTP API → the console's function. */
export class CrmTriggersConsole extends Construct {
  /** The URL of the page, with a slash at its end. */
  readonly url: string;
  readonly function: IFunction;
  /** Goes off when the console rejects many requests. */
  readonly alarm: IAlarm;
  /** The user pool of the admins. Absent with the prop `signIn`. */
  readonly userPool?: IUserPool;

  /** @throws {Error} One line per invalid prop; or when the region has no user pools and `signIn` is absent. */
  constructor(scope: Construct, id: string, { triggers, alarmActions = [], ...props }: CrmTriggersConsoleProps) {
    super(scope, id);
    const { settings } = triggers;
    const stack = Stack.of(this);
    const home = Stack.of(triggers);
    if (stack !== home) stack.addStackDependency(home);
    const {
      signIn: issuer,
      userPoolId,
      domain,
    } = checked(consolePropsSchema, props, (path) => propTitle('CrmTriggersConsole', path));
    const api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      // A page at two addresses could sign in at only one of them.
      disableExecuteApiEndpoint: domain !== undefined,
    });
    this.url = domain ? `https://${domain.name}/` : `${api.apiEndpoint}/`;
    const accessLog = accessLogOf(this, settings);
    const stage = consoleStage(this, api, accessLog);
    if (domain) new CustomDomain(this, domain, stage);
    this.alarm = new ConsoleAlarm(this, accessLog, [...alarmActions, ...topicOf(this, triggers)]).alarm;
    const pool = issuer ? undefined : new UserPoolSignIn(this, 'SignIn', this.url, { userPoolId }, settings);
    const signIn = issuer ?? (pool as UserPoolSignIn).signIn;
    const outputs = {
      value: stack.toJsonString(outputsFor(stack, triggers)),
      grant: triggers.grantAdmin.bind(triggers),
    };
    const shown = new ServiceFunction<Variables<typeof consoleEnv>>(this, 'Function', {
      folder: 'console',
      environment: { OUTPUTS: outputs, SIGN_IN: stack.toJsonString(signIn), ALARM_NAMES: alarmNames(stack, home) },
      // The HTTP API stops waiting after 29 seconds.
      timeout: Duration.seconds(29),
      memoryMiB: 512,
      settings,
    });
    this.function = shown;

    const integration = new HttpLambdaIntegration('Function', shown);
    const methods = [HttpMethod.GET];
    throttleApart(
      stage,
      openPaths.flatMap((path) => api.addRoutes({ path, methods, integration })),
    );
    api.addRoutes({
      path: '/api/{proxy+}',
      methods: [HttpMethod.ANY],
      integration,
      authorizer: new HttpJwtAuthorizer('Admins', signIn.issuer, { jwtAudience: [signIn.clientId] }),
    });

    new CfnOutput(this, 'ConsoleUrl', { value: this.url }).overrideLogicalId('ConsoleUrl');
    if (!pool) return;
    this.userPool = pool.pool;
    new CfnOutput(this, 'UserPoolId', { value: pool.pool.userPoolId }).overrideLogicalId('UserPoolId');
  }
}

/**
 * The outputs for the console's function. Their row rules contain only the names of the ID attributes, because the function does not
 * read the rest, and all ignored attributes could exceed the size limit of an environment.
 */
function outputsFor(stack: Stack, triggers: CrmTriggers): Outputs {
  const known = Object.keys(triggers.outputs).map((name) => [name, valueFor(stack, triggers, name)]);
  const rules = perEntity((entity) => ({ names: rowRulesOf(entity, triggers.settings).names }));
  return { ...Object.fromEntries(known), RowRules: JSON.stringify(rules) } as Outputs;
}

/** The path of the names of the alarms, with the permissions to read them and their states. */
function alarmNames(stack: Stack, home: Stack): Binding {
  const value = alarmNamesPath(home.stackName);
  const allow = (grantee: IGrantable, action: string, resource: string) =>
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
  return {
    value,
    grant(grantee) {
      // The name of a parameter begins with a slash.
      const parameters = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: value.slice(1) });
      allow(grantee, 'ssm:GetParametersByPath', parameters);
      const names = { service: 'cloudwatch', resource: 'alarm', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
      allow(grantee, 'cloudwatch:DescribeAlarms', stack.formatArn({ ...names, resourceName: `${home.stackName}-*` }));
    },
  };
}

/** The topic of the setting `alarmEmail`, in whichever stack it is. */
function topicOf(scope: Construct, triggers: CrmTriggers): IAlarmAction[] {
  if (!('AlarmTopicArn' in triggers.published)) return [];
  const topicArn = valueFor(Stack.of(scope), triggers, 'AlarmTopicArn');
  return [new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', topicArn))];
}
