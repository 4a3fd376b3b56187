import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lastDays } from '../../functions/console/page/buckets.ts';
import { curl } from '../../functions/console/page/curl.ts';
import * as inBrowser from '../../functions/console/page/net.ts';
import { preview } from '../../functions/console/page/preview.ts';
import { doing } from '../../functions/console/page/state.ts';
import { addressRule } from '../../functions/core/address.ts';
import { parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import type { TriggerStatus } from '../../functions/operations/trigger-status.ts';
import { defaultRules, loopbackRules } from '../support/rules.ts';

describe('under the field', () => {
  test('stands what will be called, as it is set', () => {
    const shown = (entered: string) => {
      const { head, tail } = preview('followup.create', entered, defaultRules);
      return [head, tail];
    };
    const ids = 'AccountID=aaa&CaseID=ccc&FollowupID=fff';
    assert.deepEqual(shown(''), ['', `?${ids}`]);
    assert.deepEqual(shown('https://example.com/x'), ['https://example.com/x?', ids]);
    assert.deepEqual(shown('https://example.com/x?k=v#part'), ['https://example.com/x?k=v&', ids]);
    assert.deepEqual(shown('https://EXAMPLE.com'), ['https://example.com/?', ids]);
  });

  test('stands what is wrong, in the words in which it will be rejected', () => {
    for (const entered of [
      'example.com',
      'http://example.com',
      'https://10.1.2.3',
      'https://x/?AccountID=1',
      'https://localhost',
    ]) {
      const checked = parseTriggerUrl('task.edit', entered, defaultRules);
      assert.ok('rejected' in checked);
      assert.equal(preview('task.edit', entered, defaultRules).rejected, checked.rejected);
    }
    assert.equal(preview('task.edit', 'http://127.0.0.1:4000/', loopbackRules).rejected, undefined);
  });
});

test('an address is checked in the browser as it is by Node', () => {
  const edge = [
    '10.0.0.0',
    '9.255.255.255',
    '172.31.255.255',
    '172.32.0.0',
    '2001:db8::',
    '::ffff:10.0.0.1',
    '::',
    '64:ff9b::1',
  ];
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((v4) => `::ffff:${v4}`),
    fc.constantFrom(...edge),
    fc.string(),
    fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '%') }),
  );
  const networks = [
    '0.0.0.0/0',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '2000::/3',
    '2001:db8::/32',
    '203.0.113.7/32',
    '::1/128',
    '::/0',
  ];
  const network = fc.constantFrom(...networks).map((cidr) => cidr.split('/') as [string, string]);
  fc.assert(
    fc.property(address, network, (text, [first, bits]) => {
      // A zone makes no difference: an address with one is rejected before.
      if (!text.includes('%')) assert.equal(inBrowser.isIP(text), net.isIP(text), text);
      if (net.isIP(text) === 0 || text.includes('%')) return;
      const lists = [new inBrowser.BlockList(), new net.BlockList()] as const;
      const family = (of: string) => (net.isIP(of) === 4 ? 'ipv4' : 'ipv6');
      for (const list of lists) list.addSubnet(first, Number(bits), family(first));
      const [ours, nodes] = lists.map((list) => list.check(text, family(text)));
      assert.equal(ours, nodes, `${text} in ${first}/${bits}`);
    }),
    { numRuns: 5_000 },
  );
  assert.equal(addressRule([])('::ffff:10.0.0.1'), false);
});

const working: TriggerStatus = {
  trigger: 'task.edit',
  url: 'https://example.com/',
  changedAt: null,
  version: 1,
  state: 'active',
  consecutiveFailures: 0,
  failingSince: null,
  parkedBecause: null,
  isThrottled: false,
  pausedBy: null,
  waiting: 0,
  waitingForRetry: 0,
  behind: 0,
  inBacklog: 0,
  headers: [],
};

const states: readonly [string, Partial<TriggerStatus>, word: string, more: string][] = [
  ['that works', {}, 'Working', ''],
  ['that has no URL', { url: null, state: 'paused' }, 'No URL', 'No calls are made.'],
  [
    'that fails',
    { consecutiveFailures: 3, failingSince: 5, waiting: 6, waitingForRetry: 1, behind: 5 },
    'Failing',
    '6 pending (1 waiting for retry, 5 more of its record behind it), since #5, 3 in a row',
  ],
  [
    'that is parked',
    { state: 'parked', parkedBecause: 'HTTP 503', failingSince: 5, consecutiveFailures: 10, waiting: 7, inBacklog: 7 },
    'Parked',
    '7 pending, HTTP 503, since #5',
  ],
  [
    'that is paused',
    { state: 'paused', pausedBy: 'admin', waiting: 1, inBacklog: 1 },
    'Paused',
    '1 pending, new notifications wait',
  ],
  ['that is gone', { state: 'paused', pausedBy: 'gone' }, 'Paused', 'the receiver responded with 410 Gone'],
  ['that drains', { state: 'finishing' }, 'Draining', 'pending notifications are being delivered'],
];

for (const [title, fields, word, more] of states)
  test(`a trigger ${title} is reported as ${word}`, () => {
    const reported = doing({ ...working, ...fields }, (at) => `#${at}`);
    assert.deepEqual([reported.word, reported.more], [word, more]);
  });

test('the last day counts attempts by the hour, and nothing older', () => {
  const hour = 60 * 60_000;
  const now = 100 * hour;
  const attempt = (
    hoursAgo: number,
    outcome: 'delivered' | 'failed',
    trigger: 'task.edit' | 'case.edit' = 'task.edit',
  ) => ({
    at: now - hoursAgo * hour,
    trigger,
    outcome,
    response: `after ${hoursAgo}`,
  });
  const entries = [0.5, 0.6, 23.9, 24, 30].map((ago) => attempt(ago, 'delivered'));
  const days = lastDays([attempt(0.4, 'failed'), attempt(1, 'failed', 'case.edit'), ...entries], now);
  assert.deepEqual([...days.keys()].sort(), ['case.edit', 'task.edit']);
  assert.equal(days.get('case.edit')?.others[22], 1);
  const day = days.get('task.edit');
  assert.deepEqual([day?.delivered[23], day?.delivered[0], day?.others[23]], [2, 1, 1]);
  assert.equal(
    day?.delivered.reduce((a, b) => a + b),
    3,
  );
  assert.equal(day?.latest.response, 'after 0.4');
});

test('the command that repeats a call is one call in a shell, whatever is in it', () => {
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
      const command = curl('https://example.com/it?k=$(id)', entry);
      const words = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' });
      const [, , url, , id, , trigger] = words.split('\0');
      assert.deepEqual(
        [url, id, trigger],
        [`https://example.com/it?k=$(id)&AccountID=${hostile}`, `webhook-id: msg_${hostile}`, 'crm-trigger: task.edit'],
      );
    }),
    { numRuns: 30 },
  );
});
