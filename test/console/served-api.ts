import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { openApiDocument } from '../../cli/docs/openapi-document.ts';
import { routes } from '../../functions/console/api/routes.ts';
import { adminApi } from '../../functions/console/api.ts';
import { adminWorld } from '../support/admin-world.ts';
import { notification } from '../support/records.ts';

/** The API on a real socket, over stores in memory. */
export async function servedApi(overrides: Record<string, unknown> = {}) {
  const world = adminWorld(overrides);
  const server = serve({
    fetch: adminApi(world.deps, () => ({ who: 'ada', role: 'admin' }), openApiDocument()).fetch,
    port: 0,
    hostname: '127.0.0.1',
  });
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const request = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(origin + path, { method, headers: { ...json, ...headers }, ...text });
    const content = JSON.parse(await response.text());
    if (response.status === 200) assertMatchesContract(method, path, content);
    return { status: response.status, etag: response.headers.get('etag'), json: content };
  };
  return {
    ...world,
    request,
    origin,
    setUrl: (url: string, expectedVersion: number | string) =>
      request('PUT', '/triggers/task.edit/url', { url }, { 'if-match': `"${expectedVersion}"` }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection whose request was rejected before its end is not idle, so it would never be closed.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** The types of the page come from the schemas, so a response must have the fields of its schema and no others. */
function assertMatchesContract(method: string, path: string, json: unknown): void {
  const [pathname = ''] = path.split('?');
  const route = routes.find(
    (route) => route.method === method && new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  if (route) assert.deepEqual(route.response.parse(json), json, `${method} ${path}`);
}

/** A stored failed notification. */
export function failedNotification(fields: object = {}) {
  const { id, trigger, record, sequence, changedAt, ...rest } = notification(fields);
  const common = { id, trigger, record, sequence, changedAt };
  return { ...common, reason: 'HTTP 404', attempts: 5, failedAt: changedAt, notification: { ...common, ...rest } };
}
