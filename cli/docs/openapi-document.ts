import { apiDescription } from '../../functions/console/api.ts';

/** The content of docs/openapi.json: the OpenAPI description of the console's API. */
export function openApiDocument(): string {
  return `${JSON.stringify(apiDescription, null, 2)}\n`;
}
