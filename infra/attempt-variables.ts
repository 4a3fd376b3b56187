import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { attemptEnv, Variables } from '../functions/edge/env.ts';
import type { Settings } from './settings.ts';

interface AttemptProps {
  readonly triggers: TableV2;
  readonly backlog: TableV2;
  readonly settings: Settings;
}

/** The variables of every function that makes attempts. */
export function attemptVariables({ triggers, backlog, settings }: AttemptProps): Variables<typeof attemptEnv> {
  return {
    TRIGGERS_TABLE: triggers.tableName,
    BACKLOG_TABLE: backlog.tableName,
    CONNECT_TIMEOUT_SECONDS: String(settings.connectTimeoutSeconds),
    ATTEMPT_TIMEOUT_SECONDS: String(settings.attemptTimeoutSeconds),
    HOLDS: settings.holdSeconds.join(),
    ALLOW_HTTP: settings.allowHttp ? 'true' : 'false',
    ALLOWED_PORTS: settings.allowedPorts.join(),
    ALLOWED_PRIVATE_NETWORKS: settings.allowedPrivateNetworks.join(),
  };
}
