import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '../../functions/console/api/routes.ts';
import { triggers } from '../../functions/core/entity.ts';
import { servedApi } from './served-api.ts';

test('describes each route with its parameters, body and responses', async () => {
  await using api = await servedApi();
  const { json } = await api.request('GET', '/openapi.json');
  assert.equal(json.openapi, '3.1.0');
  const put = json.paths['/api/triggers/{trigger}/url'].put;
  assert.deepEqual(put.requestBody.content['application/json'].schema.required, ['url']);
  assert.deepEqual(
    put.parameters.map(({ name }: { name: string }) => name),
    ['trigger', 'If-Match'],
  );
  assert.deepEqual(put.parameters[0].schema.enum, triggers);
  assert.deepEqual(Object.keys(put.responses).sort(), ['200', '400', '403', '404', '409', '412', '422', '428', '503']);
  const operations = Object.values<object>(json.paths).flatMap((path) => Object.keys(path));
  assert.equal(operations.length, routes.length + 1, '/changes is of its own');
  const { schema } = json.paths['/changes'].get.responses[200].content['application/json'];
  assert.deepEqual(schema.properties.logged.enum, ['all', 'failures', 'off']);
});
