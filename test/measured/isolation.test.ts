import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';

const file = new URL('isolation.ts', import.meta.url).pathname;

const promises = {
  hanging: 'a neighbour that hangs is parked within 15 s, and then delays nobody',
  dead: '5,000 that wait for a dead destination delay nobody, and arrive in order at 300/s or more when it is back',
};

describe('beside a neighbour in trouble', { concurrency: true }, () => {
  for (const [neighbour, promise] of Object.entries(promises))
    test(promise, async (t) => {
      const { failure, printed } = await new Promise<{ failure: string; printed: string }>((resolve) => {
        execFile(process.execPath, [file, neighbour], (error, printed, complaint) =>
          resolve({ failure: error ? complaint || error.message : '', printed }),
        );
      });
      for (const line of printed.trim().split('\n')) t.diagnostic(line);
      assert.equal(failure, '');
    });
});
