import type { App } from 'aws-cdk-lib';
import { entityNames } from '../../functions/core/entity.ts';
import { CrmTriggersConsoleStack } from '../../infra/console-stack.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { type AppOptions, newApp } from './app.ts';
import type { Properties } from './template.ts';

const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/';

/** Twenty attributes with names of forty characters. */
const ignore = Array.from({ length: 20 }, (_, index) => `attribute${index}`.padEnd(40, 'x'));

const signIn = {
  issuer: 'https://id.example.com/',
  clientId: 'page',
  authorizationEndpoint: 'https://id.example.com/authorize',
  tokenEndpoint: 'https://id.example.com/token',
};

const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234-abcd';

/** All settings of docs/configuration.md, in as few deployments as possible. */
export const variants: Readonly<Record<string, object>> = {
  main: {},
  'four attached tables': {
    tables: Object.fromEntries(
      entityNames.map((entity) => [entity, { stream: `${arn}${entity}/stream/2025-01-01T00:00:00.000`, ignore, key }]),
    ),
    silencedBy: 'writtenBy',
    recordLimit: { changes: 20, perSeconds: 60 },
  },
  'alarms by e-mail, protection, traces': {
    alarms: { email: 'on-call@example.com' },
    deletionProtection: true,
    tracing: true,
    cliPolicies: true,
    userPoolId: 'eu-west-1_AbCdEfGhI',
  },
  "another issuer's tokens, what may be called": {
    signIn,
    consoleDomain: {
      name: 'crm.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1a2b',
    },
    allowHttp: true,
    allowedPorts: [25],
    holdSeconds: [5],
    deliverConcurrency: 10,
    drainConcurrency: 5,
    captureParallelization: 2,
    deliveryLog: 'off',
    logRetentionDays: 7,
  },
  'a VPC, another architecture': {
    vpc: { id: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d'] },
    allowedPrivateNetworks: ['10.0.0.0/8'],
    architecture: 'x86_64',
    captureWindowSeconds: 1,
  },
  'nothing kept': { keepData: false },
};

/** An app with both stacks. */
export function appOf(settings: object, options?: AppOptions): App {
  const app = newApp({ stages: { main: settings } }, options);
  const core = new CrmTriggersStack(app, 'CrmTriggers');
  new CrmTriggersConsoleStack(app, 'CrmTriggersConsole', core);
  return app;
}

/** The templates of both stacks with these settings, by the stack's name. */
export function templates(settings: object): Readonly<Record<string, Properties>> {
  return Object.fromEntries(
    appOf(settings)
      .synth()
      .stacks.map((stack) => [stack.stackName, stack.template]),
  );
}
