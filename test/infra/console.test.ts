import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CrmTriggersConsoleStack } from '../../infra/console-stack.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { newApp } from '../support/app.ts';
import { all, main, only, type Properties, plain } from '../support/template.ts';

function consoleStack(settings = {}) {
  const app = newApp({ stages: { main: settings } });
  return new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', new CrmTriggersStack(app, 'CrmTriggers'));
}

const stack = consoleStack();
const template = Template.fromStack(stack);
const signIn = {
  issuer: 'https://id.example.com/',
  clientId: 'page',
  authorizationEndpoint: 'https://id.example.com/authorize',
  tokenEndpoint: 'https://id.example.com/token',
};

const openRoutes = ['GET /', 'GET /changes', 'GET /icon.svg', 'GET /page.css', 'GET /page.js', 'GET /sign-in.json'];

test('all routes except those of the page and for receivers require a token of the issuer for the page', () => {
  const [authorizer, { AuthorizerType, IdentitySource, JwtConfiguration }] = only(
    all('AWS::ApiGatewayV2::Authorizer', template),
  );
  assert.deepEqual([AuthorizerType, IdentitySource], ['JWT', ['$request.header.Authorization']]);
  const [client] = only(all('AWS::Cognito::UserPoolClient', template));
  assert.deepEqual(JwtConfiguration.Audience, [{ Ref: client }]);
  const open: string[] = [];
  for (const [, { RouteKey, AuthorizationType, AuthorizerId }] of all('AWS::ApiGatewayV2::Route', template))
    if (AuthorizationType === 'JWT') assert.equal(AuthorizerId.Ref, authorizer, RouteKey);
    else open.push(RouteKey);
  assert.deepEqual(open.sort(), openRoutes);
});

test('throttles public routes separately from the API, and logs requests without query and headers', () => {
  const [, { DefaultRouteSettings, RouteSettings, AccessLogSettings, StageName }] = only(
    all('AWS::ApiGatewayV2::Stage', template),
  );
  assert.equal(StageName, '$default');
  assert.deepEqual(DefaultRouteSettings, { ThrottlingBurstLimit: 40, ThrottlingRateLimit: 20 });
  assert.deepEqual(Object.keys(RouteSettings).sort(), openRoutes);
  const { 'GET /changes': changes, ...page } = RouteSettings;
  for (const own of Object.values(page)) assert.deepEqual(own, DefaultRouteSettings);
  assert.deepEqual(changes, { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 5 });
  assert.match(AccessLogSettings.Format, /\$context\.identity\.sourceIp/);
  assert.doesNotMatch(AccessLogSettings.Format, /query|header/i);
});

test('an alarm goes off when the access log has many responses with 401 or 403, and notifies the recipients of alarms', () => {
  const [, { FilterPattern, MetricTransformations }] = only(all('AWS::Logs::MetricFilter', template));
  assert.equal(FilterPattern, '{ ($.status = "401") || ($.status = "403") }');
  const [{ MetricName, MetricNamespace }] = MetricTransformations;
  const [, alarm] = only(all('AWS::CloudWatch::Alarm', template));
  assert.deepEqual([alarm.MetricName, alarm.Namespace, alarm.AlarmActions], [MetricName, MetricNamespace, undefined]);
  assert.deepEqual([alarm.Threshold, alarm.Period, alarm.Statistic], [100, 300, 'Sum']);
  const heading = alarm.AlarmDescription.split('#')[1];
  const runbook = readFileSync(new URL('../../docs/operations/alarms.md', import.meta.url), 'utf8');
  assert.ok(
    [...runbook.matchAll(/^## (.+)$/gm)].some(([, title = '']) => title.toLowerCase().replaceAll(' ', '-') === heading),
  );
  const topicArn = 'arn:aws:sns:eu-west-1:111122223333:ours';
  const actionsOf = (alarms: object) =>
    only(all('AWS::CloudWatch::Alarm', Template.fromStack(consoleStack({ alarms }))))[1].AlarmActions;
  assert.deepEqual(actionsOf({ topicArn }), [topicArn]);
  assert.match(JSON.stringify(actionsOf({ email: 'on-call@example.com' })), /AlarmTopicArn/, 'as an SSM parameter');
});

test('the setting consoleDomain replaces the generated domain, also at the sign-in', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/1a2b';
  const made = Template.fromStack(consoleStack({ consoleDomain: { name: 'crm.example.com', certificateArn } }));
  const [, { DomainName, DomainNameConfigurations }] = only(all('AWS::ApiGatewayV2::DomainName', made));
  assert.equal(DomainName, 'crm.example.com');
  const [{ CertificateArn, EndpointType, SecurityPolicy }] = DomainNameConfigurations;
  assert.deepEqual([CertificateArn, EndpointType, SecurityPolicy], [certificateArn, 'REGIONAL', 'TLS_1_2']);
  assert.equal(only(all('AWS::ApiGatewayV2::ApiMapping', made)).length, 2);
  assert.equal(only(all('AWS::ApiGatewayV2::Api', made))[1].DisableExecuteApiEndpoint, true);
  assert.deepEqual(only(all('AWS::Cognito::UserPoolClient', made))[1].CallbackURLs, ['https://crm.example.com/']);
  const { ConsoleUrl, ConsoleDomainTarget } = made.toJSON().Outputs;
  assert.equal(ConsoleUrl.Value, 'https://crm.example.com/');
  assert.match(JSON.stringify(ConsoleDomainTarget.Value), /RegionalDomainName/);
  for (const consoleDomain of [
    { name: 'https://crm.example.com', certificateArn },
    { name: 'crm.example.com', certificateArn: 'x' },
  ])
    assert.throws(
      () => consoleStack({ consoleDomain }),
      /^Error: Setting stages\.main\.consoleDomain\.(name|certificateArn) .+expected/,
    );
});

test('only operators create users; users need a second factor, and outlive the stack', () => {
  const [, pool] = only(all('AWS::Cognito::UserPool', template));
  assert.equal(pool.AdminCreateUserConfig.AllowAdminCreateUserOnly, true);
  assert.deepEqual([pool.MfaConfiguration, pool.EnabledMfas], ['ON', ['SOFTWARE_TOKEN_MFA']]);
  assert.equal(pool.DeletionProtection, 'INACTIVE', 'a failed first deployment could not be cleaned up');
  const later = Template.fromStack(consoleStack({ deletionProtection: true }));
  assert.equal(only(all('AWS::Cognito::UserPool', later))[1].DeletionProtection, 'ACTIVE');
  for (const type of ['UserPool', 'UserPoolGroup'])
    for (const { DeletionPolicy } of Object.values(template.findResources(`AWS::Cognito::${type}`)))
      assert.equal(DeletionPolicy, 'RetainExceptOnCreate', type);
  const [, client] = only(all('AWS::Cognito::UserPoolClient', template));
  assert.deepEqual(client.AllowedOAuthFlows, ['code']);
  assert.deepEqual(client.AllowedOAuthScopes, ['openid', 'email']);
  assert.equal(client.GenerateSecret, false);
  assert.equal(client.PreventUserExistenceErrors, 'ENABLED');
  assert.deepEqual(client.ExplicitAuthFlows, ['ALLOW_REFRESH_TOKEN_AUTH'], 'only the hosted pages can sign in');
  assert.deepEqual(client.WriteAttributes, ['locale'], 'an admin cannot change the email address in the history');
});

test('uses the existing user pool of the setting userPoolId, with its group', () => {
  const again = Template.fromStack(consoleStack({ userPoolId: 'eu-west-1_AbCdEfGhI' }));
  for (const type of ['UserPool', 'UserPoolGroup']) again.resourceCountIs(`AWS::Cognito::${type}`, 0);
  for (const type of ['UserPoolClient', 'UserPoolDomain'])
    assert.equal(only(all(`AWS::Cognito::${type}`, again))[1].UserPoolId, 'eu-west-1_AbCdEfGhI');
  assert.throws(
    () => consoleStack({ userPoolId: 'admins' }),
    /^Error: Setting stages\.main\.userPoolId in cdk\.json: /,
  );
});

test('rejects the console in regions without user pools, and names the setting that fixes it', () => {
  const synthConsole = (region: string, settings = {}) => {
    const app = newApp({ stages: { main: settings } });
    const env = { region };
    new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', new CrmTriggersStack(app, 'CrmTriggers', { env }), { env });
  };
  assert.throws(
    () => synthConsole('cn-north-1'),
    /^Error: Cognito user pools are not available in cn-north-1, .+ To fix this, set signIn to .*\.$/,
  );
  assert.doesNotThrow(() => synthConsole('cn-north-1', { signIn }));
  assert.doesNotThrow(() => synthConsole('us-gov-west-1'));
});

test('uses the hostname auth-fips for sign-in in GovCloud', () => {
  const { Conditions, Resources } = template.toJSON();
  const [[name, condition] = assert.fail()] = Object.entries<Properties>(Conditions).filter(([id]) =>
    /GovCloud/.test(id),
  );
  assert.deepEqual(condition, { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'] });
  const reported = Object.values<Properties>(Resources).find(
    ({ Properties }) => Properties?.Environment?.Variables?.SIGN_IN,
  );
  assert.ok(JSON.stringify(reported).includes(JSON.stringify({ 'Fn::If': [name, 'auth-fips', 'auth'] })));
});

test('uses the issuer of the setting signIn instead of a user pool', () => {
  const other = Template.fromStack(consoleStack({ signIn }));
  for (const type of ['UserPool', 'UserPoolClient', 'UserPoolDomain'])
    other.resourceCountIs(`AWS::Cognito::${type}`, 0);
  const [, { JwtConfiguration }] = only(all('AWS::ApiGatewayV2::Authorizer', other));
  assert.deepEqual(JwtConfiguration, { Audience: ['page'], Issuer: 'https://id.example.com/' });
  const [, { Environment }] = only(all('AWS::Lambda::Function', other));
  assert.deepEqual(JSON.parse(Environment.Variables.SIGN_IN), { ...signIn, groupsClaim: 'groups' });
});

test('the function has the permissions of the admin API on the core stack, and no others', () => {
  const [, { PolicyDocument }] = only(all('AWS::IAM::Policy', template));
  const found: Record<string, string[]> = {};
  for (const { Effect, Action, Resource } of PolicyDocument.Statement as Properties[]) {
    assert.equal(Effect, 'Allow');
    for (const action of [Action].flat()) {
      found[action] ??= [];
      found[action].push(...[Resource].flat().map(nameOf));
      found[action].sort();
    }
  }
  const crm = ['CaseTable', 'CustomerTable', 'FollowupTable', 'TaskTable'];
  assert.deepEqual(found, {
    'cloudwatch:DescribeAlarms': ['CrmTriggers-*'],
    'dynamodb:BatchGetItem': ['SecretsTable', 'TriggersTable'],
    'dynamodb:DeleteItem': ['BacklogTable'],
    'dynamodb:DescribeTable': crm,
    'dynamodb:GetItem': ['BacklogTable', ...crm],
    'dynamodb:PutItem': ['AuditTable', 'BacklogTable'],
    'dynamodb:Query': ['AuditTable', 'BacklogTable', 'DeliveryLogTable'],
    'dynamodb:Scan': crm,
    'dynamodb:UpdateItem': ['SecretsTable', 'TriggersTable'],
    'kms:Decrypt': ['SecretsKeyArn'],
    'kms:DescribeKey': ['SecretsKeyArn'],
    'kms:Encrypt': ['SecretsKeyArn'],
    'kms:GenerateDataKey*': ['SecretsKeyArn'],
    'kms:ReEncrypt*': ['SecretsKeyArn'],
    'lambda:InvokeFunction': ['DrainFunction'],
    'logs:CreateLogStream': ['FunctionLogs'],
    'logs:PutLogEvents': ['FunctionLogs'],
    'sqs:ChangeMessageVisibility': ['DeadLetterQueueArn'],
    'sqs:DeleteMessage': ['DeadLetterQueueArn'],
    'sqs:GetQueueAttributes': ['DeadLetterQueueArn', 'DeliveryQueueArn'],
    'sqs:ReceiveMessage': ['DeadLetterQueueArn'],
    'sqs:SendMessage': ['DeliveryQueueArn'],
    'ssm:GetParametersByPath': ['AlarmNames'],
  });
});

test('only the API gateway may invoke the function', () => {
  for (const [id, { Action, Principal, SourceArn }] of all('AWS::Lambda::Permission', template)) {
    assert.deepEqual([Action, Principal], ['lambda:InvokeFunction', 'apigateway.amazonaws.com'], id);
    assert.match(JSON.stringify(SourceArn), /execute-api.*"Ref":"Api/, id);
  }
});

test('the core stack does not refer to the console', () => {
  const types = new Set(Object.values(main.toJSON().Resources as Properties).map(({ Type }) => Type));
  for (const type of types) assert.doesNotMatch(type, /ApiGateway|Cognito/);
  assert.deepEqual(
    main.findResources('AWS::Lambda::Function'),
    Template.fromStack(only(stack.dependencies) as CrmTriggersStack).findResources('AWS::Lambda::Function'),
  );
});

test('the core stack publishes the names of all its alarms for the console, each parameter below the limit of 4,096', () => {
  const published = all('AWS::SSM::Parameter', main).filter(([, { Name }]) => /AlarmNames/.test(Name));
  const names = published.flatMap(([, { Value }]) => Value['Fn::Join'][1].filter((part: unknown) => part !== ','));
  assert.deepEqual(
    names.map(({ Ref }: { Ref: string }) => Ref).sort(),
    all('AWS::CloudWatch::Alarm', main)
      .map(([id]) => id)
      .sort(),
  );
  const [, { Environment }] = only(all('AWS::Lambda::Function', template));
  for (const [, { Name, Value }] of published) {
    assert.match(Name, new RegExp(`^${Environment.Variables.ALARM_NAMES}/\\d$`));
    assert.ok(Value['Fn::Join'][1].length <= 2 * 15);
  }
});

/** The accepted findings of AwsSolutions, with the reason for each. */
const accepted: readonly { rule: string; at: string[]; why: string }[] = [
  {
    rule: 'AwsSolutions-APIG4',
    at: openRoutes.map((route) => `Api/${route.replace(' /', '--')}`),
    why: 'The page is public, because a browser has no token before sign-in. At /changes the function checks the token of a receiver.',
  },
  {
    rule: 'AwsSolutions-COG8',
    at: ['SignIn/Users'],
    why: 'The plan Plus costs $0.02 per user and month for risk scores. A second factor is always required.',
  },
  ...['GenerateDataKey*', 'ReEncrypt*'].map((action) => ({
    rule: `AwsSolutions-IAM5[Action::kms:${action}]`,
    at: ['FunctionRole/DefaultPolicy'],
    why: 'DynamoDB needs these actions on this key to write to a table with a customer-managed key.',
  })),
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:CrmTriggers-*]',
    at: ['FunctionRole/DefaultPolicy'],
    why: 'The names of alarms are generated, and begin with the name of their stack. The permission only reads their states.',
  },
];

test("cdk-nag's AwsSolutions rules find only the accepted findings", () => {
  const found = new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName, violatingResources }) => ({
    rule: ruleName,
    at: violatingResources
      .map(({ constructPath = '' }) => constructPath.replace(/^.*?\/Default\/|\/Resource$/g, ''))
      .sort(),
  }));
  assert.deepEqual(
    found,
    accepted.map(({ rule, at }) => ({ rule, at })),
  );
});

/** The ID of the construct that a value refers to. */
function nameOf(resource: Properties | string): string {
  if (typeof resource === 'string') return resource;
  const [id] = resource['Fn::GetAtt'] ?? [];
  if (id) return plain(id);
  const [separator, parts] = resource['Fn::Join'] ?? [];
  // An ARN that is built from a name: the name.
  if (parts) return parts.map(nameOf).join(separator).split(/[:/]/).at(-1) as string;
  const [, name = ''] = /^SsmParameterValuecrmtriggersCrmTriggers(\w+)C96584B6/.exec(resource.Ref) ?? [];
  return name || `<${resource.Ref}>`;
}
