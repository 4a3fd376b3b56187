import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import * as inBrowser from '../../functions/console/page/net.ts';
import { addressRule } from '../../functions/core/address.ts';

test('the browser checks addresses like node:net', () => {
  const boundaries = [
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
    fc.constantFrom(...boundaries),
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
      // An address with a zone is rejected before this check.
      if (!text.includes('%')) assert.equal(inBrowser.isIP(text), net.isIP(text), text);
      if (net.isIP(text) === 0 || text.includes('%')) return;
      const lists = [new inBrowser.BlockList(), new net.BlockList()] as const;
      const family = (of: string) => (net.isIP(of) === 4 ? 'ipv4' : 'ipv6');
      for (const list of lists) list.addSubnet(first, Number(bits), family(first));
      const [browser, node] = lists.map((list) => list.check(text, family(text)));
      assert.equal(browser, node, `${text} in ${first}/${bits}`);
    }),
    { numRuns: 5_000 },
  );
  assert.equal(addressRule([])('::ffff:10.0.0.1'), false);
});
