import { openApi } from '../../functions/console/api/openapi.ts';
import { routes } from '../../functions/console/api/routes.ts';
import { VERSION } from '../../functions/core/version.ts';

/** The content of docs/openapi.json: the OpenAPI description of the console's API. */
export function openApiDocument(): string {
  return `${JSON.stringify(openApi(routes, VERSION), null, 2)}\n`;
}
