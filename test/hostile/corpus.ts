import { type Hostile, hosts, oddlyWritten, PUBLIC, words } from './hosts.ts';
import { insideVpc, redirectedNames, resolvedNames } from './names.ts';

/** Not HTTP at all. */
const schemes =
  words(`ftp://127.0.0.1:PORT/ file:///etc/passwd file://127.0.0.1/etc/passwd gopher://127.0.0.1:PORT/_INFO
  dict://127.0.0.1:PORT/info ldap://127.0.0.1:PORT/ tftp://127.0.0.1:PORT/x ws://127.0.0.1:PORT/ wss://127.0.0.1:PORT/
  unix:/var/run/docker.sock http+unix://%2fvar%2frun%2fdocker.sock/ javascript:alert(1) data:text/plain,hi
  blob:http://127.0.0.1:PORT/1 about:blank view-source:http://127.0.0.1:PORT/ jar:http://127.0.0.1:PORT/!/ mailto:a@127.0.0.1
  urn:x:y netdoc:///etc/passwd httpx://127.0.0.1:PORT/ https+x://127.0.0.1:PORT/ h2c://127.0.0.1:PORT/`);

/** Not a URL for any parser. The error is the same in all checks. */
const broken = [
  ...words(`http://256.0.0.1/ http://127.0.0.1.1/ http://4294967296/ http://0x100000000/ http://[::1
    http://[::1%25lo]:PORT/ http://[fe80::1%25eth0]:PORT/ http://[fe80::1%eth0]/ http://[::ffff:127.0.0.256]/ http://[127.0.0.1]/
    http://[::1]x/ http://[v1.x]/ http://127.0.0.1:65536/ http://127.0.0.1:-1/ http://127.0.0.1:8080x/ http://127.0.0.1:0x50/
    http://127.0.0.1:８０８０/ http://exa<mple.com/ http://%00/ http://127.0.0.1%00.example.com/ http://a%0d%0ab/ http://a^b/ http://:80/
    http://1.2.3.08/ http://example.com:80:PORT/`),
];

/** Not a URL either, with a more helpful error at input. */
const incomplete = ['', '//127.0.0.1:PORT/', '127.0.0.1:x', '/hook', '?AccountID=1', 'http://', 'https://?x', 'http:'];

/** Not encrypted. If http is allowed, these are valid. */
const plain = words(`http://example.com/hook HTTP://EXAMPLE.COM/hook http://example.com:443/ http://example.com:8080/
  http://user:secret@example.com/ http://8.8.8.8/ http://[2606:4700::1111]/ http://example.com./`);

const ports =
  words(`0 1 7 9 13 19 20 21 22 23 25 53 69 79 81 110 111 123 135 139 143 161 179 389 445 465 514 515 587 636
  873 990 993 995 1023 00022 0000`);

/** The responses to one look-up of a public name. */
const responses: readonly (readonly [name: string, ...addresses: string[]])[] = [
  ['loopback.example', '127.0.0.1'],
  ['loopback6.example', '::1'],
  ['unspecified.example', '0.0.0.0'],
  ['unspecified6.example', '::'],
  ['ten.example', '10.0.0.1'],
  ['carrier.example', '100.64.0.1'],
  ['metadata.example', '169.254.169.254'],
  ['metadata6.example', 'fd00:ec2::254'],
  ['mapped.example', '::ffff:127.0.0.1'],
  ['mapped-hex.example', '::ffff:7f00:1'],
  ['compatible.example', '::127.0.0.1'],
  ['nat64.example', '64:ff9b::7f00:1'],
  ['nat64-local.example', '64:ff9b:1::a00:1'],
  ['6to4.example', '2002:7f00:1::'],
  ['teredo.example', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
  ['link.example', 'fe80::1'],
  ['link-zone.example', 'fe80::1%eth0'],
  ['public-zone.example', '2606:4700::1111%1'],
  ['multicast.example', '224.0.0.1'],
  ['unassigned6.example', '4000::1'],
  ['nothing.example', 'no address'],
  ['short.example', '127.1'],
  ['one-of-two.example', PUBLIC, '10.0.0.1'],
  ['first-of-two.example', '10.0.0.1', PUBLIC],
  ['one-of-both-kinds.example', '2606:4700::1111', '127.0.0.1'],
  ['other-of-both-kinds.example', PUBLIC, '::1'],
  ['last-of-many.example', ...Array.from({ length: 20 }, (_, i) => `8.8.4.${i}`), '192.168.0.1'],
  ['mapped-among.example', PUBLIC, '::ffff:192.168.0.1'],
  // Public names with such addresses.
  ['127.0.0.1.nip.io', '127.0.0.1'],
  ['127-0-0-1.sslip.io', '127.0.0.1'],
  ['localtest.me', '127.0.0.1', '::1'],
  ['metadata.google.internal', '169.254.169.254'],
  ['instance-data', '169.254.169.254'],
  ['ip6-localhost', '::1'],
  ['kubernetes.default.svc', '10.96.0.1'],
  ['host.docker.internal', '192.168.65.2'],
  ['gateway', '192.168.1.1'],
  ['localhost.localdomain', '127.0.0.1'],
  ['xn--lcalhost-54a.example', '127.0.0.1'],
  ['böse.example', '127.0.0.1'],
  ['dotted.example.', '127.0.0.1'],
  ['alias.example', '10.20.30.40'], // by a CNAME; the caller sees only the addresses at its end
  ['with_underscore.example', '127.0.0.1'],
  [`${'a'.repeat(63)}.${'b'.repeat(63)}.example`, '127.0.0.1'],
];

/** The addresses of a name when the URL is set, and later. */
const rebinding: readonly (readonly [name: string, then: readonly string[], later: readonly string[]])[] = [
  ['rebinds.example', [PUBLIC], ['127.0.0.1']],
  ['rebinds6.example', ['2606:4700::1111'], ['::1']],
  ['rebinds-metadata.example', [PUBLIC], ['169.254.169.254']],
  ['rebinds-half.example', [PUBLIC], [PUBLIC, '127.0.0.1']],
  ['rebinds-mapped.example', [PUBLIC], ['::ffff:7f00:1']],
  ['rebinds-nat64.example', [PUBLIC], ['64:ff9b::7f00:1']],
  ['set-up-later.example', [], ['127.0.0.1']],
];

export const corpus: readonly Hostile[] = [
  ...Object.values(hosts)
    .flatMap(words)
    // The test must not depend on a response if one of them is looked up.
    .map((host): Hostile => ({ url: `http://${host}:PORT/`, reason: 'private', responses: [[PUBLIC]] })),
  ...['127.0.0.1', '0x7f.1', '[::1]', '[::ffff:a9fe:a9fe]', '169.254.169.254', 'localhost', 'x@10.0.0.1'].map(
    (host): Hostile => ({ url: `HTTPS://${host}/`, reason: 'private', responses: [['127.0.0.1']] }),
  ),
  ...oddlyWritten.map((url): Hostile => ({ url, reason: 'private', input: 'syntax', responses: [['127.0.0.1']] })),
  ...schemes.map((url): Hostile => ({ url, reason: 'scheme' })),
  ...broken.map((url): Hostile => ({ url, reason: 'broken' })),
  ...incomplete.map((url): Hostile => ({ url, reason: 'broken', input: 'syntax' })),
  ...plain.map((url): Hostile => ({ url, reason: 'http', responses: [[PUBLIC]] })),
  ...ports.flatMap((port): Hostile[] => [
    { url: `https://example.com:${port}/`, reason: 'port', responses: [[PUBLIC]] },
    { url: `http://127.0.0.1:${port}/`, reason: 'port' },
  ]),
  ...responses.map(
    ([name, ...addresses]): Hostile => ({ url: `http://${name}:PORT/`, reason: 'private', responses: [addresses] }),
  ),
  ...responses
    .slice(0, 4)
    .map(([name, ...addresses]): Hostile => ({ url: `https://${name}/`, reason: 'private', responses: [addresses] })),
  ...rebinding.map(
    ([name, then, later]): Hostile => ({
      url: `http://${name}:PORT/`,
      reason: 'private',
      responses: [then, later],
      input: 'accepted',
    }),
  ),
  ...resolvedNames,
  ...redirectedNames,
  ...insideVpc,
];

/** The targets of redirects from an allowed receiver. */
export const redirects: readonly string[] = [
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'https://127.0.0.1:PORT/',
  'http://127.0.0.1:PORT/',
  'http://[::1]:PORT/',
  'http://localhost:PORT/',
  '//127.0.0.1:PORT/',
  '/elsewhere',
  'file:///etc/passwd',
  'http://8.8.8.8/',
];

/** Texts that end a line, a header or a query if they are not encoded, in IDs and URLs. */
export const injections: readonly string[] = [
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  'a\rX-Injected: 1',
  'a HTTP/1.1\r\nHost: example.com\r\n\r\nGET /admin',
  'a&AccountID=other',
  'a?AccountID=other',
  'a#fragment',
  'a%0d%0aX-Injected:%201',
  'a\u0000b',
  'a\u2028X-Injected: 1',
  '\u560d\u560aX-Injected: 1', // truncated to bytes, a line break
  '@127.0.0.1/',
  '//127.0.0.1/',
  '\\\\127.0.0.1\\',
  "';--",
];
