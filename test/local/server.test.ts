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

/** A request with just these headers, as no browser lets a page set them. */
function ask(method: string, path: string, headers: Record<string, string>, body = '') {
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
  ask('POST', '/api/triggers/task.edit/pause', { ...json, ...headers });

describe('the local server', () => {
  test('lets in who comes by its own name, page or program', async () => {
    const { port } = new URL(server.origin);
    const welcome: Record<string, string>[] = [
      {},
      { host: `localhost:${port}` },
      { origin: server.origin, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of welcome)
      assert.equal((await ask('GET', '/api/triggers', headers)).status, 200, JSON.stringify(headers));
  });

  test('rejects another name that leads here, another website, and a page at another port of this machine', async () => {
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
        assert.equal((await ask('GET', path, headers)).status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.equal((await pause(headers)).status, 403, JSON.stringify(headers));
      assert.equal((await ask('POST', '/local/agent', { ...json, ...headers }, '{}')).status, 403);
    }
    assert.equal(world.triggersTable.writes, 0);
    assert.deepEqual(demoSteps, []);
  });

  test('may be linked to, and yet not framed: the page alone is responded, with a policy that loads from here only', async () => {
    const { status, headers } = await ask('GET', '/', { 'sec-fetch-site': 'cross-site' });
    assert.equal(status, 200);
    const policy = headers['content-security-policy'] as string;
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.split('; ').includes(directive), directive);
    assert.doesNotMatch(policy, /unsafe|http|\*|data:/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('is open on the loopback alone', async () => {
    const { port } = new URL(server.origin);
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
    );
    for (const address of others)
      await assert.rejects(fetch(`http://${address}:${port}/`, { signal: AbortSignal.timeout(2_000) }));
    assert.equal(new URL(server.origin).hostname, '127.0.0.1');
  });

  test('has an agent who edits and deletes what he created, and who says what he did', async () => {
    const act = async (entity: string, action: string) => {
      const { status, text } = await ask('POST', '/local/agent', json, JSON.stringify({ entity, action }));
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
    const heard: string[] = [];
    activity.listen(({ text }) => heard.push(text))();
    assert.deepEqual(heard, [
      'The agent created a customer',
      'The agent created a case',
      'The agent deleted a case',
      'The agent created a followup',
      'The agent edited a followup, which makes no call',
    ]);
  });

  test('responses what is not there in one line', async () => {
    for (const path of ['/api/nothing', '/api/', '/../package.json', '/.git/config', '/%2e%2e/x'])
      assert.equal((await ask('GET', path, {})).status, 404, path);
  });
});

test('a port that is taken is no hindrance', async () => {
  const second = await startLocalServer(
    world.deps,
    new SampleAgent({ do: async () => {} }, activity),
    activity,
    Number(new URL(server.origin).port),
  );
  assert.notEqual(second.origin, server.origin);
  await second.stop();
});
