import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy } from '../../cli/local/deploy.ts';
import { asFileError, firstError } from '../../cli/local/first-error.ts';

const cases: [string, string, string][] = [
  [
    'the line of an error that the app threw',
    "file:///a b/app.ts:3\n  throw new Error(\n        ^\n\nError: Setting stages.local.x: Too big.\nSetting y: no.\n    at f (file:///x.ts:1:1)\n\nNode.js v24\nnode 'a': Subprocess exited with error 1",
    'Setting stages.local.x: Too big.',
  ],
  [
    'the first of several errors',
    'TypeError [ERR_X]: first\n    at f\nError: second\nSubprocess exited with error 1',
    'first',
  ],
  [
    'a full disk in the middle of a synthesis',
    "Error: ENOSPC: no space left on device, write\n    at writeSync\n  errno: -28,\n  code: 'ENOSPC'\nnode: Subprocess exited with error 1",
    'ENOSPC: no space left on device, write',
  ],
  ['an error that the CDK found in a stack', '[Error at /CrmTriggers/X] is wrong\n\nFound errors', 'is wrong'],
  [
    'the message of CloudFormation without colors',
    '\u001b[31m ❌  CrmTriggers failed: Resource handler returned message\u001b[39m\n',
    '❌  CrmTriggers failed: Resource handler returned message',
  ],
  ['the last line if no line names an error', 'one\ntwo\n', 'two'],
];

for (const [title, printed, line] of cases) test(`reports ${title}`, () => assert.equal(firstError(printed), line));

test('reports the first line of the app when a setting is wrong', async () => {
  const deployed = { settings: { attemptTimeoutSeconds: 500 } };
  await assert.rejects(deploy('http://127.0.0.1:9', new AbortController().signal, deployed), {
    name: 'UserError',
    message:
      'cdk could not deploy to http://127.0.0.1:9: Setting stages.local.attemptTimeoutSeconds in cdk.json: Too big: expected number to be <=60.',
  });
});

for (const code of ['EACCES', 'ENOENT', 'ENOSPC', 'EROFS'])
  test(`reports ${code} of a folder in one line, with a fix`, () => {
    const error = Object.assign(new Error(`${code}: mkdtemp '/x/y'`), { code, syscall: 'mkdtemp', path: '/x/y' });
    const { name, message } = asFileError(error) as Error;
    assert.equal(name, 'UserError');
    assert.match(message, new RegExp(`^/x/y (?:is|does) .* \\(${code}\\)\\. Fix: .*\\.$`));
  });

test('returns errors of the network and of the code unchanged', () => {
  for (const error of [
    new TypeError('x'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    Object.assign(new Error('x'), { code: 'EACCES', syscall: 'connect' }),
  ])
    assert.equal(asFileError(error), error);
});
