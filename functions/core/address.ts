import { BlockList, isIP } from 'node:net';

/**
 * Public address space: all IPv4 addresses and the global unicast addresses of IPv6. The rest of IPv6 is loopback,
 * link-local, multicast, NAT64 or unassigned.
 */
const publicSpace = ['0.0.0.0/0', '2000::/3'];

/**
 * Ranges in that space that are rejected. They are not globally reachable, embed another address (6to4, Teredo), or
 * reach the nearest network (anycast relays and sinks). Source: IANA's special-purpose address registries, 2026-11.
 */
const notPublic = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private use
  '100.64.0.0/10', // carrier-grade NAT; metadata service of some clouds
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // metadata service of a cloud, at a public address
  '169.254.0.0/16', // link-local; metadata service of most clouds
  '172.16.0.0/12', // private use
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // reverse DNS sink (AS112)
  '192.52.193.0/24', // multicast relays (AMT)
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private use
  '192.175.48.0/24', // reverse DNS sink (AS112)
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '2001::/23', // protocol assignments: Teredo, benchmarking, ORCHID, AMT
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '2620:4f:8000::/48', // reverse DNS sink (AS112)
  '3fff::/20', // documentation
];

const publicBlocks = blockList(publicSpace);
const rejectedBlocks = blockList(notPublic);

/** Returns whether a receiver may have an IP address. */
export type AddressRule = (address: string) => boolean;

/**
 * @param allowedPrivateNetworks Private networks (CIDR) that are allowed.
 * @throws If a network is invalid.
 */
export function addressRule(allowedPrivateNetworks: readonly string[]): AddressRule {
  const allowed = blockList(allowedPrivateNetworks);
  return (address) => {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    // An address with a zone (fe80::1%eth0) is reachable on one link only.
    if (isIP(address) === 0 || address.includes('%')) return false;
    return (
      allowed.check(address, family) || (publicBlocks.check(address, family) && !rejectedBlocks.check(address, family))
    );
  };
}

/** The IP address in a URL's host, without the brackets of IPv6; `undefined` for a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

// BlockList checks IPv4-mapped IPv6 addresses against the IPv4 ranges.
function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
