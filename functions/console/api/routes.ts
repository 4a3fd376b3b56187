import { backfillRoutes } from './backfill-routes.ts';
import { credentialRoutes } from './credential-routes.ts';
import { failedRoutes } from './failed-routes.ts';
import { logRoutes } from './log-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { pullTokenRoutes } from './pull-token-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { settingRoutes } from './setting-routes.ts';
import { triggerRoutes } from './trigger-routes.ts';
import { urlRoutes } from './url-routes.ts';
import { userRoutes } from './user-routes.ts';

/** All routes of the API. */
export const routes = [
  ...userRoutes,
  ...triggerRoutes,
  ...urlRoutes,
  ...secretRoutes,
  ...settingRoutes,
  ...pullTokenRoutes,
  ...credentialRoutes,
  ...failedRoutes,
  ...logRoutes,
  ...operationRoutes,
  ...backfillRoutes,
] as const;
