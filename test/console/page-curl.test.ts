import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { curl } from '../../functions/console/page/log/curl.ts';

test('a shell runs the curl command as one call, also with hostile values', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (hostile) => {
      const entry = {
        at: 0,
        trigger: 'task.edit',
        id: `msg_${hostile}`,
        formattedString: `?AccountID=${hostile}`,
        attempt: 2,
        outcome: 'failed',
        response: '',
        milliseconds: 1,
      } as const;
      const command = curl('https://example.com/hook?k=$(id)', entry);
      const words = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' });
      const [, , url, , id, , trigger] = words.split('\0');
      assert.deepEqual(
        [url, id, trigger],
        [
          `https://example.com/hook?k=$(id)&AccountID=${hostile}`,
          `webhook-id: msg_${hostile}`,
          'crm-trigger: task.edit',
        ],
      );
    }),
    { numRuns: 30 },
  );
});
