import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Binding, type Bindings, valuesOf } from './binding.ts';
import { bundling, entryOf } from './bundling.ts';
import { checkEnvironment } from './environment-size.ts';
import { root } from './folders.ts';
import { allowInterfaces, type Network } from './network.ts';
import { removalPolicy, type Settings } from './settings.ts';

/** The settings that determine the length of a variable, by the variable's name. */
const longSettings = {
  ALLOWED_PRIVATE_NETWORKS: 'allowedPrivateNetworks',
  ALLOWED_PORTS: 'allowedPorts',
  OUTPUTS: 'tables (names), allowedPorts or allowedPrivateNetworks',
  ROW_RULES: 'tables (names, ignore) or silencedBy',
  SIGN_IN: 'signIn',
};

interface ServiceFunctionProps<Environment extends Record<string, string>> {
  /** The folder under functions/ whose index.ts exports `handler`. */
  readonly folder: 'capture' | 'deliver' | 'drain' | 'console';
  /** A value or binding for each variable of the function's schema in functions/adapters/env.ts. */
  readonly environment: Bindings<Environment>;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly settings: Settings;
  /** Absent for a function outside a VPC. */
  readonly network?: Network | undefined;
  /** A folder beside the bundle, and the script that writes its files. */
  readonly alongside?: { readonly folder: string; readonly script: string };
}

/** The base of every function: its runtime, role, bundle and logs. */
export class ServiceFunction<Environment extends Record<string, string>> extends NodejsFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Environment>) {
    const { folder, timeout, memoryMiB, settings, network, alongside } = props;
    const environment = valuesOf(props.environment);
    checkEnvironment(scope, `the function ${scope.node.path}`, environment, longSettings);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    // AWSLambdaBasicExecutionRole could create and write every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    if (network) allowInterfaces(role);
    super(scope, id, {
      entry: entryOf(folder),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'x86_64' ? Architecture.X86_64 : Architecture.ARM_64,
      environment,
      timeout,
      memorySize: memoryMiB,
      role,
      logGroup,
      // Leaves out Lambda's START and REPORT lines of successful runs, which would be half of the log. The lines of failed and timed-out
      // runs remain. Only the JSON format has levels.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      bundling: {
        format: OutputFormat.ESM,
        minify: bundling.minify,
        target: bundling.target,
        mainFields: bundling.mainFields,
        externalModules: [...bundling.external],
        banner: bundling.banner.js,
        esbuildArgs: { ...named('--alias:', bundling.alias), ...named('--define:', bundling.define) },
        ...(alongside && {
          commandHooks: {
            beforeInstall: () => [],
            beforeBundling: () => [],
            afterBundling: (from, to) => [
              `"${process.execPath}" "${join(from, alongside.script)}" "${join(to, alongside.folder)}"`,
            ],
          },
        }),
      },
    });
    if (network) (this.node.defaultChild as CfnFunction).vpcConfig = network;
    for (const binding of Object.values<string | Binding>(props.environment))
      if (typeof binding !== 'string') binding.grant(this);
  }
}

/** Options of esbuild's command line, such as `--alias:NAME`. */
function named(option: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [option + name, value]));
}
