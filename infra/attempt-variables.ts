import { Stack } from 'aws-cdk-lib';
import type { attemptEnv, Variables } from '../functions/adapters/env.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

interface AttemptProps {
  readonly tables: Tables;
  readonly settings: Settings;
}

/** The variables of every function that makes attempts. */
export function attemptVariables({ tables, settings }: AttemptProps): Variables<typeof attemptEnv> {
  return {
    TRIGGERS_TABLE: tables.triggers.tableName,
    BACKLOG_TABLE: tables.backlog.tableName,
    SECRETS_TABLE: tables.secrets.tableName,
    DELIVERY_LOG_TABLE: tables.deliveryLog.tableName,
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
