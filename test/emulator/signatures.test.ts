import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { test as sendTest } from '../../functions/operations/send-test.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader, showSecret } from '../../functions/operations/signing-secrets.ts';
import { marked, until } from '../support/emulator.ts';
import { isHere, type Language, readmeReceiver } from '../support/readme-receivers.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { stack } from './stack.ts';

for (const language of ['js', 'python', 'go'] satisfies Language[])
  test(`the documented receiver in ${language} accepts a delivery, and rejects a delivery with a changed character`, {
    timeout: 240_000,
  }, async (t) => {
    if (!(await isHere(language))) return t.skip(`${language} is not installed`);
    const id = `sig-${language}-${process.pid}`;
    // A receiver of the test forwards the calls, to record them and the responses.
    const responses: (number | undefined)[] = [];
    let behind = '';
    await using front = await receiver(async (call, response) => {
      const status = await send(behind, call.target, call.headers);
      if (call.target.endsWith(id)) responses.push(status);
      response.writeHead(status).end();
    });
    await set(stack.deps, 'task.create', `${front.origin}/hook?tenant=%C3%A4&x=a+b`);
    const { secret } = await showSecret(stack.deps, 'task.create');
    await using real = await readmeReceiver(language, secret);
    behind = real.origin;
    await setHeader(stack.deps, 'task.create', 'X-Token', `token-${language}`);
    await marked(stack, front, 'task.create', ({ headers }) => headers['x-token'] === `token-${language}`);
    await stack.agent.do('create', 'task', { AccountID: 'Österreich & Co', TaskID: id });
    const call = await until('the delivery', () => front.calls.find(({ target }) => target.endsWith(id)));
    await until('its response', () => responses.length > 0);
    assert.deepEqual(responses, [200]);
    assert.equal(call.headers['x-token'], `token-${language}`);

    for (const [what, target, headers] of changed(call))
      assert.equal(await send(behind, target, headers), 401, `${what} is changed`);
    assert.equal(await send(behind, call.target, call.headers), 200, 'the unchanged call is accepted');
    assert.equal((await sendTest(stack.deps, 'task.create')).delivered, true, 'a test call is signed');
  });

/** Variants of the call, each with one changed character in a signed value or in the signature. */
function changed({ target, headers }: Call): [string, string, Call['headers']][] {
  const other = (text: string) => text.slice(0, -1) + (text.endsWith('1') ? '2' : '1');
  const {
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': signature,
  } = headers as Record<string, string>;
  const inside = signature as string;
  return [
    ['the target', other(target), headers],
    ['the id', target, { ...headers, 'webhook-id': other(id as string) }],
    ['the time', target, { ...headers, 'webhook-timestamp': other(at as string) }],
    [
      'the signature',
      target,
      { ...headers, 'webhook-signature': `v1,${inside[3] === 'A' ? 'B' : 'A'}${inside.slice(4)}` },
    ],
    ['the whole signature', target, { ...headers, 'webhook-signature': undefined }],
  ];
}

function send(origin: string, target: string, headers: Call['headers']): Promise<number> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const call = request(origin, { path: target, headers: given, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject).end();
  });
}
