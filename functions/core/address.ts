import { BlockList, isIP } from 'node:net';

/**
 * Address ranges that are not globally reachable, or that carry another address inside (NAT64, 6to4, Teredo) and could
 * so lead to one that is not. Source: IANA's special-purpose address registries, as of 2026-11.
 */
const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

/** Tells whether a destination may stand at an IP address. */
export type AddressRule = (address: string) => boolean;

/** @param allowedPrivateNetworks Networks (CIDR) to allow though they are private; invalid ones throw. */
export function addressRule(allowedPrivateNetworks: readonly string[]): AddressRule {
  const refused = blockList(notPublic);
  const allowed = blockList(allowedPrivateNetworks);
  return (address) => {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    return isIP(address) !== 0 && (allowed.check(address, family) || !refused.check(address, family));
  };
}

// IPv4-mapped IPv6 addresses are judged by the IPv4 ranges: BlockList does that by itself.
function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
