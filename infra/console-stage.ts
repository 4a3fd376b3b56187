import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  type HttpApi,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CHANGES_PATH, pageFiles } from '../functions/console/serve-page.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** Enough for a few admins, whose pages send a request every few seconds. */
const REQUESTS_PER_SECOND = 20;
const BURST = 40;

/** Paths without authorization: the page itself, and the configuration of sign-in. */
const publicPaths = [...pageFiles.map((name) => (name === 'index.html' ? '/' : `/${name}`)), '/sign-in.json'];

/** The access log of the console's API. */
export function accessLogOf(scope: Construct, settings: Settings): LogGroup {
  return new LogGroup(scope, 'AccessLog', {
    retention: settings.logRetentionDays,
    removalPolicy: removalPolicy(settings),
  });
}

/** The stage of the console's API, with its limits. */
export function consoleStage(scope: Construct, httpApi: HttpApi, accessLog: LogGroup): HttpStage {
  return new HttpStage(scope, 'Stage', {
    httpApi,
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
}

/** Requests of receivers for their changes. Each reads more than a request of the page. */
const CHANGES_PER_SECOND = 5;
const CHANGES_BURST = 10;

/** All paths without an authorizer. The function itself checks the token of a receiver. */
export const openPaths = [...publicPaths, CHANGES_PATH];

/** Limits the open routes separately, so that a flood of requests for them does not use up the limits of the API. */
export function throttleApart(stage: HttpStage, routes: readonly HttpRoute[]): void {
  const limits = { ThrottlingRateLimit: REQUESTS_PER_SECOND, ThrottlingBurstLimit: BURST };
  const cfn = stage.node.defaultChild as CfnStage;
  const changes = { ThrottlingRateLimit: CHANGES_PER_SECOND, ThrottlingBurstLimit: CHANGES_BURST };
  cfn.routeSettings = Object.fromEntries(
    openPaths.map((path) => [`GET ${path}`, path === CHANGES_PATH ? changes : limits]),
  );
  // CloudFormation rejects settings for a route that does not exist yet.
  for (const route of routes) cfn.node.addDependency(route);
}
