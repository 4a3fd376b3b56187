import { backfillRoutes } from './backfill-routes.ts';
import { failedRoutes } from './failed-routes.ts';
import { logRoutes } from './log-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { triggerRoutes } from './trigger-routes.ts';
import { urlRoutes } from './url-routes.ts';
import { userRoutes } from './user-routes.ts';

/** All routes of the API. */
export const routes = [
  ...userRoutes,
  ...triggerRoutes,
  ...urlRoutes,
  ...secretRoutes,
  ...failedRoutes,
  ...logRoutes,
  ...operationRoutes,
  ...backfillRoutes,
] as const;
