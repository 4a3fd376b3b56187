import assert from 'node:assert/strict';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { Activity } from '../../cli/local/activity.ts';
import { SampleAgent } from '../../cli/local/sample-agent.ts';
import { type LocalServer, startLocalServer } from '../../cli/local/server.ts';
import { adminWorld } from '../support/admin-world.ts';

const world = adminWorld();
const activity = new Activity();
const demoSteps: unknown[] = [];
let server: LocalServer;

before(async () => {
  const agent = {
    do: async (...demoStep: unknown[]) => {
      demoSteps.push(demoStep);
    },
  };
  server = await startLocalServer(world.deps, new SampleAgent(agent, activity), activity, 0);
});
after(() => server.stop());

/** Sends a request with headers that a page in a browser cannot set. */
function send(method: string, path: string, headers: Record<string, string>, body = '') {
  const { port } = new URL(server.origin);
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...headers } };
    request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

const json = { 'content-type': 'application/json' };
const pause = (headers: Record<string, string>) =>
  send('POST', '/api/triggers/task.edit/pause', { ...json, ...headers });

describe('the local server', () => {
  test('accepts requests of its page and of programs under its host names', async () => {
    const { port } = new URL(server.origin);
    const ownRequests: Record<string, string>[] = [
      {},
      { host: `localhost:${port}` },
      { origin: server.origin, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of ownRequests)
      assert.equal((await send('GET', '/api/triggers', headers)).status, 200, JSON.stringify(headers));
  });

  test('rejects foreign host names, other websites, and pages at other ports of this machine', async () => {
    const { port } = new URL(server.origin);
    const foreignRequests: Record<string, string>[] = [
      { host: `evil.example:${port}` },
      { host: 'evil.example' },
      { host: '127.0.0.1' },
      { host: `127.0.0.1.evil.example:${port}` },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `https://127.0.0.1:${port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreignRequests) {
      for (const path of ['/api/triggers', '/api/triggers/task.edit/secret', '/local/activity', '/page.js'])
        assert.equal((await send('GET', path, headers)).status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.equal((await pause(headers)).status, 403, JSON.stringify(headers));
      assert.equal((await send('POST', '/local/agent', { ...json, ...headers }, '{}')).status, 403);
    }
    assert.equal(world.triggersTable.writes, 0);
    assert.deepEqual(demoSteps, []);
  });

  test('serves its page for a link from another website, with a policy against frames and foreign resources', async () => {
    const { status, headers } = await send('GET', '/', { 'sec-fetch-site': 'cross-site' });
    assert.equal(status, 200);
    const policy = headers['content-security-policy'] as string;
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.split('; ').includes(directive), directive);
    assert.doesNotMatch(policy, /unsafe|http|\*|data:/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('listens on the loopback interface only', async () => {
    const { port } = new URL(server.origin);
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
    );
    for (const address of others)
      await assert.rejects(fetch(`http://${address}:${port}/`, { signal: AbortSignal.timeout(2_000) }));
    assert.equal(new URL(server.origin).hostname, '127.0.0.1');
  });

  test('edits and deletes the sample rows that its agent created, and reports each change', async () => {
    const act = async (entity: string, action: string) => {
      const { status, text } = await send('POST', '/local/agent', json, JSON.stringify({ entity, action }));
      return [status, JSON.parse(text)];
    };
    assert.deepEqual(await act('case', 'edit'), [
      409,
      { error: 'There is no sample case. To fix this, create one first.' },
    ]);
    assert.equal((await act('case', 'burn'))[0], 400);
    const [, { row: customer }] = await act('customer', 'create');
    const [, { row }] = await act('case', 'create');
    assert.equal(row.AccountID, customer.AccountID);
    assert.deepEqual((await act('case', 'delete'))[1].row, row);
    assert.deepEqual(demoSteps.at(-1), ['delete', 'case', row]);
    await act('followup', 'create');
    await act('followup', 'edit');
    const reported: string[] = [];
    activity.listen(({ text }) => reported.push(text))();
    assert.deepEqual(reported, [
      'The agent created a customer',
      'The agent created a case',
      'The agent deleted a case',
      'The agent created a followup',
      'The agent edited a followup, which makes no call',
    ]);
  });

  test('the browser keeps no response in its cache but the files of the page, which it checks at each load', async () => {
    const foreign = { origin: 'https://evil.example' };
    const requests: [path: string, expected: string, headers?: Record<string, string>, method?: string][] = [
      ['/', 'no-cache'],
      ['/page.js', 'no-cache'],
      ['/api/triggers/task.edit/secret', 'no-store'],
      ['/api/nothing', 'no-store'],
      ['/nothing', 'no-store'],
      ['/local/agent', 'no-store', json, 'POST'],
      ['/page.js', 'no-store', foreign],
      ['/api/triggers', 'no-store', foreign],
    ];
    for (const [path, expected, headers = {}, method = 'GET'] of requests)
      assert.equal((await send(method, path, headers)).headers['cache-control'], expected, `${method} ${path}`);
    const stream = await fetch(`${server.origin}/local/activity`);
    assert.equal(stream.headers.get('cache-control'), 'no-store', 'the activity contains IDs');
    await stream.body?.cancel();
  });

  test('responds with 404 to unknown paths', async () => {
    for (const path of ['/api/nothing', '/api/', '/../package.json', '/.git/config', '/%2e%2e/x'])
      assert.equal((await send('GET', path, {})).status, 404, path);
  });
});

test('uses another port when the usual one is in use', async () => {
  const second = await startLocalServer(
    world.deps,
    new SampleAgent({ do: async () => {} }, activity),
    activity,
    Number(new URL(server.origin).port),
  );
  assert.notEqual(second.origin, server.origin);
  await second.stop();
});
