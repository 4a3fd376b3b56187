import * as z from 'zod/mini';
import { CHANGES_PATH } from '../serve-page.ts';
import { changesErrors, changesParameters, changesSummary, pulledChanges } from './changes-description.ts';
import type { Route, Schema } from './route.ts';
import { errorBody, trigger } from './shapes.ts';

/** The errors of every route. */
const errors: Readonly<Record<string, string>> = {
  400: 'The request does not match this description',
  404: 'The resource does not exist',
  409: 'The current state does not allow the request',
  422: 'A value is rejected; the error says why and how to fix it',
  503: 'AWS does not respond as expected',
};

/** The errors of routes that viewers may not use. */
const adminErrors: Readonly<Record<string, string>> = { 403: 'The user is no admin' };

/** The errors of routes that overwrite a URL. */
const lockedErrors: Readonly<Record<string, string>> = {
  412: 'Someone else changed the URL; `current` is the current URL',
  428: 'If-Match is missing: send the ETag that you read',
};

const json = (schema: object) => ({ 'application/json': { schema } });

const jsonSchema = (schema: Schema, io: 'input' | 'output') => {
  const { $schema: _, ...content } = z.toJSONSchema(schema, { io });
  return content;
};

/**
 * The OpenAPI description of routes, made from the schemas that check their requests. The console returns it from a file, because what
 * makes it would be 23 KB of its bundle.
 */
export function openApi(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) paths[`/api${route.path}`] = { ...paths[`/api${route.path}`], ...operation(route) };
  paths[CHANGES_PATH] = changesOperation();
  const components = { schemas: { Error: jsonSchema(errorBody, 'output') } };
  return { openapi: '3.1.0', info: { title: 'crm-triggers', version }, paths, components };
}

function operation({ method, path, role, summary, query, body, response, locked }: Route) {
  const failures = Object.entries({ ...errors, ...(role === 'admin' && adminErrors), ...(locked && lockedErrors) });
  return {
    [method.toLowerCase()]: {
      summary,
      parameters: [...pathParameters(path), ...queryParameters(query), ...(locked ? [ifMatch] : [])],
      ...(body && { requestBody: { required: true, content: json(jsonSchema(body, 'input')) } }),
      responses: responses(response, failures),
    },
  };
}

function responses(response: Schema, failures: readonly (readonly [string, string])[]) {
  const error = json({ $ref: '#/components/schemas/Error' });
  return {
    200: { description: 'Success', content: json(jsonSchema(response, 'output')) },
    ...Object.fromEntries(failures.map(([status, description]) => [status, { description, content: error }])),
  };
}

function changesOperation() {
  const get = { summary: changesSummary, parameters: changesParameters };
  return { get: { ...get, responses: responses(pulledChanges, Object.entries(changesErrors)) } };
}

const ifMatch = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } };

function pathParameters(path: string) {
  const anyTrigger = jsonSchema(trigger, 'output');
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'trigger' ? anyTrigger : { type: 'string' },
  }));
}

function queryParameters(query?: Schema) {
  const { properties = {} } = query ? z.toJSONSchema(query, { io: 'input' }) : {};
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}
