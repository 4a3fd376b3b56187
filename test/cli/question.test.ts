import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { ask } from '../../cli/question.ts';

type In = typeof process.stdin;
type Out = typeof process.stderr;

function terminal(reply: string, isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }));
  input?.end(`${reply}\n`);
  return [input as unknown as In, output as unknown as Out] as const;
}

for (const [reply, expected] of [
  ['y', true],
  ['Yes ', true],
  ['', false],
  ['n', false],
  ['yesterday', false],
] as const)
  test(`the reply ${JSON.stringify(reply)} is ${expected ? 'a' : 'no'} confirmation`, async () => {
    assert.equal(await ask('Send them?', ...terminal(reply)), expected);
  });

test('without a terminal nothing is asked and nothing is confirmed', async () => {
  assert.equal(await ask('Send them?', ...terminal('y', false)), false);
});
