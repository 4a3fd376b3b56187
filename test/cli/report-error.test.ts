import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportOf } from '../../cli/report-error.ts';

test('a file that cannot be written is reported on one line with a fix', () => {
  const error = Object.assign(new Error('x'), { code: 'EACCES', syscall: 'open', path: 'package.json' });
  assert.deepEqual(reportOf(error, false), {
    text: 'package.json is not writable for this user (EACCES). Fix: free some disk space, or choose a writable folder.',
    status: 1,
  });
});
