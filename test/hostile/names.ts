import type { Zones } from '../support/name-server.ts';
import { type Hostile, PUBLIC, words } from './hosts.ts';

/** The first and the last address of each range that is not public. Source: IANA's special-purpose address registries. */
const borders =
  words(`0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255
  169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 192.31.196.0 192.31.196.255
  192.52.193.0 192.52.193.255 192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255 192.175.48.0 192.175.48.255 198.18.0.0
  198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255
  :: ::1 ::ffff:0:0 ::ffff:10.255.255.255 64:ff9b:: 64:ff9b::ffff:ffff 100:: 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001::
  2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002::
  2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2620:4f:8000:: 2620:4f:8000:ffff:ffff:ffff:ffff:ffff 3fff::
  3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 4000:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80:: ff00::`);

const nameOf = (prefix: string, address: string) =>
  `${prefix}-${address.replace(/[.:]+/g, '-')}.example`.replace(/--+/g, '-');

/** Names that resolve to a border alone, beside a public address, or only after the URL was set. */
export const resolvedNames: readonly Hostile[] = borders.flatMap((address): Hostile[] => [
  { url: `http://${nameOf('only', address)}:PORT/`, reason: 'private', responses: [[address]] },
  { url: `http://${nameOf('beside', address)}:PORT/`, reason: 'private', responses: [[PUBLIC, address]] },
  {
    url: `http://${nameOf('later', address)}:PORT/`,
    reason: 'private',
    responses: [[PUBLIC], [address]],
    input: 'accepted',
  },
]);

const publicZone = { addresses: [PUBLIC, '2606:4700::1111'] };

/** Names whose name server leads elsewhere: by CNAME records, by family, or from the second look-up on. */
const redirects: readonly (readonly [zones: Zones, input?: 'accepted'])[] = [
  [{ 'alias.example': { aliases: ['private.example'], addresses: ['127.0.0.1'] } }],
  [{ 'alias6.example': { aliases: ['private.example'], addresses: ['::1'] } }],
  [{ 'chain.example': { aliases: ['a.example', 'b.example.net', 'c.example.org'], addresses: ['10.0.0.1'] } }],
  [{ 'to-localhost.example': { aliases: ['localhost'], addresses: ['127.0.0.1', '::1'] } }],
  [{ 'to-metadata.example': { aliases: ['metadata.google.internal'], addresses: ['169.254.169.254'] } }],
  [{ 'alias-among.example': { aliases: ['cdn.example.net'], addresses: [PUBLIC, '192.168.0.1'] } }],
  [{ 'other-family.example': { addresses: [PUBLIC, '::1'] } }],
  [{ 'mapped.example': { addresses: [PUBLIC, '::ffff:7f00:1'] } }],
  [{ 'last-of-30.example': { addresses: [...Array.from({ length: 29 }, (_, i) => `8.8.4.${i}`), '172.16.0.1'] } }],
  [{ 'one-family-silent.example': { addresses: ['127.0.0.1'], silent: 'AAAA' } }],
  [{ 'rebinds.example': [publicZone, { addresses: ['127.0.0.1', '::1'] }] }, 'accepted'],
  [{ 'rebinds-one-family.example': [publicZone, { addresses: [PUBLIC, '::1'] }] }, 'accepted'],
  [{ 'rebinds-alias.example': [publicZone, { aliases: ['lan.example'], addresses: ['192.168.1.1'] }] }, 'accepted'],
  [{ 'vanishes.example': [{ addresses: [] }, { addresses: ['10.0.0.1'] }] }, 'accepted'],
];

export const redirectedNames: readonly Hostile[] = redirects.map(([zones, input]) => ({
  url: `http://${Object.keys(zones)[0]}:PORT/`,
  reason: 'private',
  zones,
  ...(input && { input }),
}));

/** A deployment in a VPC allows these networks. Everything around them stays rejected. */
const VPC = ['10.20.0.0/16', 'fd00:20::/32'];

const outsideVpc =
  words(`10.19.255.255 10.21.0.0 10.0.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.168.0.1 100.64.0.1 0.0.0.0
  [::1] [fd00:1f:ffff::1] [fd00:21::1] [fd00:ec2::254] [fe80::1] [::ffff:10.21.0.1] [::10.20.0.1] [64:ff9b::a14:1]
  [2002:a14:1::] localhost 0x0a130001 012.023.0.1`);

const outsideByName: readonly (readonly [name: string, ...addresses: string[]])[] = [
  ['inside-and-outside.example', '10.20.0.1', '10.21.0.1'],
  ['inside-and-metadata.example', '10.20.0.1', '169.254.169.254'],
  ['inside-and-loopback.example', '10.20.0.1', '127.0.0.1'],
  ['inside-and-link.example', '10.20.0.1', 'fe80::1'],
  ['public-and-outside.example', PUBLIC, '10.21.0.1'],
];

export const insideVpc: readonly Hostile[] = [
  ...outsideVpc.map((host): Hostile => ({ url: `http://${host}:PORT/vpc`, reason: 'private', allowed: VPC })),
  ...outsideByName.map(
    ([name, ...addresses]): Hostile => ({
      url: `http://${name}:PORT/vpc`,
      reason: 'private',
      responses: [addresses],
      allowed: VPC,
    }),
  ),
  {
    url: 'http://moves-outside.example:PORT/vpc',
    reason: 'private',
    responses: [['10.20.0.1'], ['10.21.0.1']],
    input: 'accepted',
    allowed: VPC,
  },
];
