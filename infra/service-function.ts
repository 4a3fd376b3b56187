import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Binding, type Bindings, valuesOf } from './binding.ts';
import { checkEnvironment } from './environment-size.ts';
import { type HandlerFolder, handlerCode } from './handler-code.ts';
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
  readonly folder: HandlerFolder;
  /** A value or binding for each variable of the function's schema in functions/adapters/env.ts. */
  readonly environment: Bindings<Environment>;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly settings: Settings;
  /** Absent for a function outside a VPC. */
  readonly network?: Network | undefined;
}

/** The base of every function: its runtime, role, bundle and logs. */
export class ServiceFunction<Environment extends Record<string, string>> extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Environment>) {
    const { folder, timeout, memoryMiB, settings, network } = props;
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
      code: handlerCode(folder),
      handler: 'index.handler',
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
    });
    if (network) (this.node.defaultChild as CfnFunction).vpcConfig = network;
    for (const binding of Object.values<string | Binding>(props.environment))
      if (typeof binding !== 'string') binding.grant(this);
  }
}
