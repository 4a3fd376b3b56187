import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('isolation.ts', import.meta.url));

async function measure(t: TestContext, neighbor: 'hanging' | 'dead' | 'names') {
  const { failure, printed } = await new Promise<{ failure: string; printed: string }>((resolve) => {
    execFile(process.execPath, [file, neighbor], (error, printed, complaint) =>
      resolve({ failure: error ? complaint || error.message : '', printed }),
    );
  });
  for (const line of printed.trim().split('\n')) t.diagnostic(line);
  assert.equal(failure, '');
}

describe('beside a neighbor in trouble', { concurrency: true }, () => {
  test('a neighbor that hangs is parked within 15 s, and then delays no other trigger', (t) => measure(t, 'hanging'));
  test('5,000 notifications for a receiver that is down delay no other trigger, and arrive in order at 300/s or more after it recovers', (t) =>
    measure(t, 'dead'));
  test('neighbors with a silent name server, with SERVFAIL after 2 s and with 25 addresses are parked within 15 s, and then delay no other trigger', (t) =>
    measure(t, 'names'));
});
