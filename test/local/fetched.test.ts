import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installationError } from '../../cli/local/fetched.ts';

const cases: [string, string, string][] = [
  [
    'npm without a connection',
    'npm ended with exit status 1: npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9\nnpm error     at f\nnpm error A complete log of this run can be found in: /x',
    'FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9',
  ],
  [
    'npm with a version that does not exist',
    'npm error code ETARGET\nnpm error notarget No matching version found for x@9.\nnpm error notarget In most cases you',
    'No matching version found for x@9',
  ],
  [
    'pip without a connection',
    'python ended with exit status 1: WARNING: Retrying\nERROR: Could not find a version\nERROR: No matching distribution found for x==1',
    'ERROR: No matching distribution found for x==1',
  ],
];

for (const [title, printed, reason] of cases)
  test(`one line has the cause and the fix: ${title}`, () => {
    const { message } = installationError('x', new Error(printed), 'the connection') as Error;
    assert.equal(message, `x could not be installed: ${reason}. To fix this, check the connection and start again.`);
  });

test('a folder that is not writable is reported as such, not as a connection', () => {
  const error = Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'mkdir', path: '/home/x/.cache' });
  const { message } = installationError('x', error, 'the connection') as Error;
  assert.match(message, /^\/home\/x\/\.cache is read-only \(EROFS\)\. Fix: /);
});
