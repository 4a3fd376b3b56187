import { Stack } from 'aws-cdk-lib';
import type { attemptEnv, Variables } from '../functions/adapters/env.ts';
import { type Bindings, tableBinding } from './binding.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

interface AttemptProps {
  readonly tables: Tables;
  readonly settings: Settings;
  /** The DynamoDB actions that the function may call on the backlog. */
  readonly backlogActions: readonly string[];
}

/** The variables and permissions of a function that makes attempts. */
export function attemptEnvironment(props: AttemptProps): Bindings<Variables<typeof attemptEnv>> {
  const { tables, settings, backlogActions } = props;
  return {
    SECRETS_TABLE: tables.secretsBinding(),
    DELIVERY_LOG_TABLE: tableBinding(tables.deliveryLog, 'dynamodb:PutItem'),
    TRIGGERS_TABLE: tables.triggersBinding(),
    BACKLOG_TABLE: tableBinding(tables.backlog, ...backlogActions),
    METRICS_NAMESPACE: Stack.of(tables).stackName,
    LOGGED: settings.deliveryLog,
    CONNECT_TIMEOUT_SECONDS: String(settings.connectTimeoutSeconds),
    ATTEMPT_TIMEOUT_SECONDS: String(settings.attemptTimeoutSeconds),
    RETRY_DELAYS: settings.holdSeconds.join(),
    ALLOW_HTTP: settings.allowHttp ? 'true' : 'false',
    ALLOWED_PORTS: settings.allowedPorts.join(),
    ALLOWED_PRIVATE_NETWORKS: settings.allowedPrivateNetworks.join(),
  };
}
