import * as z from 'zod/mini';
import type { Route, Schema } from './route.ts';
import { trigger } from './shapes.ts';

const error = z.object({ error: z.string(), current: z.optional(z.unknown()) });

/** Other responses of every route. */
const rejections: Readonly<Record<string, string>> = {
  400: 'The request is not of the described shape',
  404: 'There is no such thing',
  409: 'It cannot be done in the state that things are in',
  422: 'What was set is rejected, in the words of the rules',
  503: 'AWS does not respond as expected',
};
const lockedErrors: Readonly<Record<string, string>> = {
  412: 'Somebody else changed it in the meantime: `current` is what it is now',
  428: 'If-Match is missing: send the ETag of what you saw',
};

const json = (schema: Schema, io: 'input' | 'output') => {
  const { $schema: _, ...content } = z.toJSONSchema(schema, { io });
  return { 'application/json': { schema: content } };
};

/** The OpenAPI description of routes, made of the same schemas that check their requests. */
export function openApi(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) paths[`/api${route.path}`] = { ...paths[`/api${route.path}`], ...operation(route) };
  return { openapi: '3.1.0', info: { title: 'crm-triggers', version }, paths };
}

function operation({ method, path, summary, query, body, response, locked }: Route) {
  const errors = Object.entries({ ...rejections, ...(locked && lockedErrors) });
  return {
    [method.toLowerCase()]: {
      summary,
      parameters: [...pathParameters(path), ...queryParameters(query), ...(locked ? [ifMatch] : [])],
      ...(body && { requestBody: { required: true, content: json(body, 'input') } }),
      responses: {
        200: { description: 'Done', content: json(response, 'output') },
        ...Object.fromEntries(
          errors.map(([status, description]) => [status, { description, content: json(error, 'output') }]),
        ),
      },
    },
  };
}

const ifMatch = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } };

function pathParameters(path: string) {
  const { $schema: _, ...oneOfAll } = z.toJSONSchema(trigger);
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'trigger' ? oneOfAll : { type: 'string' },
  }));
}

function queryParameters(query?: Schema) {
  const { properties = {} } = query ? z.toJSONSchema(query, { io: 'input' }) : {};
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}
