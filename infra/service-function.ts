import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { removalPolicy, type Settings } from './settings.ts';

const root = new URL('..', import.meta.url).pathname;

interface ServiceFunctionProps<Environment> {
  /** The folder under functions/ whose index.ts exports `handler`. */
  readonly stage: 'capture' | 'deliver' | 'drain' | 'console';
  /** All that the function's schema in functions/edge/env.ts asks for. */
  readonly environment: Environment;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly settings: Settings;
  /** A folder beside the bundle, and the script that fills it. */
  readonly alongside?: { readonly folder: string; readonly script: string };
}

/** The one way in which this system makes a function: runtime, role, bundle and logs are decided here and nowhere else. */
export class ServiceFunction<Environment extends Record<string, string>> extends NodejsFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Environment>) {
    const { stage, environment, timeout, memoryMiB, settings, alongside } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    // A role of its own, in place of AWSLambdaBasicExecutionRole, which may make and write every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      entry: `${root}functions/${stage}/index.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      environment,
      timeout,
      memorySize: memoryMiB,
      role,
      logGroup,
      bundling: {
        format: OutputFormat.ESM,
        minify: true,
        target: 'node24',
        mainFields: ['module', 'main'],
        externalModules: [],
        ...(alongside && {
          commandHooks: {
            beforeInstall: () => [],
            beforeBundling: () => [],
            afterBundling: (from, to) => [
              `"${process.execPath}" "${join(from, alongside.script)}" "${join(to, alongside.folder)}"`,
            ],
          },
        }),
        banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        esbuildArgs: {
          // Lambda gives a function its role's credentials in the environment. The default chain (SSO, profiles,
          // instance metadata) would be a fifth of the bundle and is never asked.
          '--alias:@aws-sdk/credential-provider-node': `${root}functions/edge/credentials.ts`,
          '--define:process.env.JEST_WORKER_ID': 'undefined',
        },
      },
    });
  }
}
