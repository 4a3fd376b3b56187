/**
 * Receivers that somebody might type, or bring into a name's addresses, to have what must not be called called. A URL's
 * `PORT` stands for one on which this machine listens on 127.0.0.1 and ::1, so that a connection would succeed.
 */
export interface Hostile {
  /** As set, or as kept by a version that checked less. */
  readonly url: string;
  /** Why it is rejected. */
  readonly reason: Reason;
  /** What the host name leads to, look-up by look-up; the last response stands from then on. */
  readonly responses?: readonly (readonly string[])[];
  /**
   * What becomes of it when it is set. `rejected`, with the reason for which it is not called, if nothing is said;
   * `syntax`: rejected for how it is written, before anybody asks where it leads; `accepted`: it leads elsewhere by then.
   */
  readonly input?: 'syntax' | 'accepted';
}

/** The lines, written out once more, apart from the code. */
export const reasons = {
  private:
    'leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json',
  port: 'has a port below 1024 that is not 80 or 443. Fix: use another port, or add it to allowedPorts in cdk.json',
  http: 'begins with http://, which is not encrypted. Fix: use https://, or set allowHttp in cdk.json',
  scheme: 'does not begin with http:// or https://. Fix: set the whole URL, such as https://example.com/hook',
  broken: 'is not a URL. Fix: check the host and the port, as in https://example.com:8443/hook',
} as const;

type Reason = keyof typeof reasons;

const PUBLIC = '8.8.8.8';
const words = (text: string) => text.trim().split(/\s+/);

/** Hosts that are private as they stand. */
const hosts: Record<string, string> = {
  'this machine, in IPv4': `127.0.0.1 127.1 127.0.1 127.0.0.2 127.255.255.254 127.0.0.1. 127.1. 2130706433 0x7f000001 0x7F000001
    0x7f.1 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0X7F.0.0.1 017700000001 0177.1 0177.0.0.1 0177.0.0.01 0177.0x0.0.1 00177.0.0.1
    00000177.0.0.1 0x00007f.0.0.1 127.0x1 127.0x000001 127.00.00.01 127.0.0.0x1 0.0.0.0 0 0x0 00 0.0 0. 0x`,
  'this machine, in digits and dots of other alphabets': `１２７.０.０.１ 127。0。0。1 127．0．0．1 127｡0｡0｡1 １２７。１ ①②⑦.⓪.⓪.① ⑫⑦.0.0.1 𝟏𝟐𝟕.𝟎.𝟎.𝟏
    𝟙𝟚𝟟.𝟘.𝟘.𝟙 ¹²⁷.⁰.⁰.¹ ₁₂₇.₀.₀.₁ ０x7f.1 0ⓧ7ⓕ.1 %31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0.%31 %EF%BC%91%EF%BC%92%EF%BC%97.0.0.1`,
  'metadata services': `169.254.169.254 2852039166 0xa9fea9fe 0xA9.0xFE.0xA9.0xFE 0251.0376.0251.0376 025177524776 169.254.43518
    169.16689662 169.254.169.254. １６９.２５４.１６９.２５４ ①⑥⑨.②⑤④.①⑥⑨.②⑤④ 169。254。169。254 0xa9.254.0251.254 [::ffff:169.254.169.254]
    [::ffff:a9fe:a9fe] [0:0:0:0:0:ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::] [fd00:ec2::254]
    [fd00:0ec2:0000:0000:0000:0000:0000:0254] [fd20:ce::254] 169.254.170.2 169.254.169.253 169.254.169.123 100.100.100.200
    168.63.129.16 192.0.0.192`,
  'private networks, in IPv4': `10.0.0.1 10.255.255.255 10.1 012.1.2.3 0xa.1.2.3 167772161 172.16.0.1 172.31.255.255 0254.020.1
    192.168.0.1 192.168.255.255 192.168.257 0300.0250.1.1 3232235777 100.64.0.1 100.127.255.255`,
  'other IPv4 that is not public': `0.1.2.3 192.0.0.1 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.175.48.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 4294967295`,
  'this machine, in IPv6': `[::1] [::] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [0::1] [::0:1] [::0.0.0.1]
    [::127.0.0.1] [::7f00:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:1] [::ffff:7f00:0001]
    [0:0:0:0:0:ffff:127.0.0.1] [0:0:0:0:0:FFFF:7F00:1] [::ffff:0.0.0.0] [::ffff:0:0]`,
  'IPv4 inside IPv6': `[::ffff:10.0.0.1] [::ffff:c0a8:101] [::ffff:0:127.0.0.1] [::ffff:0:7f00:1] [::10.0.0.1] [::8.8.8.8]
    [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a00:1] [64:ff9b::8.8.8.8] [64:ff9b:1::7f00:1]
    [64:ff9b:1:7f00:0:100::] [64:ff9b:1:ffff:ffff:ffff:ffff:ffff] [2002:7f00:1::] [2002:c0a8:101::1] [2002:808:808::1]
    [2001:0:4136:e378:8000:63bf:80ff:fffe] [2001::7f00:1]`,
  'other IPv6 that is not public': `[100::1] [100:0:0:1::1] [200::1] [1000::1] [2001:1::1] [2001:2::1] [2001:10::1] [2001:20::1]
    [2001:1ff:ffff::1] [2001:db8::1] [2620:4f:8000::1] [3fff::1] [3fff:fff::1] [4000::1] [5f00::1] [8000::1] [c000::1] [fc00::1]
    [fd12:3456:789a::1] [fe00::1] [fe80::1] [FE80::1] [febf::1] [fec0::1] [ff01::1] [ff02::1] [ff05::1:3] [ff0e::1]`,
  'names of this machine': `localhost LOCALHOST LocalHost localhost. foo.localhost a.b.localhost a.localhost.
    ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ｌｏｃａｌｈｏｓｔ loc%61lhost localhoſt 𝓵𝓸𝓬𝓪𝓵𝓱𝓸𝓼𝓽 localhost。 foo｡localhost`,
  'a user name that looks like a host': `8.8.8.8@127.0.0.1 8.8.8.8:80@127.0.0.1 example.com%2F@127.0.0.1 example.com%23@[::1]
    example.com%3F@127.1 example.com&@127.0.0.1 example.com;x@127.0.0.1 @127.0.0.1 :@127.0.0.1 a:b:c@localhost a@b@127.0.0.1
    example.com%5C@0x7f.1 example.com%00@127.0.0.1`,
};

/** What is rejected at input for how it is written; a URL parser takes it, and finds this machine. */
const oddlyWritten = [
  'http:\\\\127.0.0.1:PORT\\',
  'http:/\\127.0.0.1:PORT/',
  'http:\\/127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@8.8.8.8/',
  'http://127.0.0.1\\:PORT/',
  'http:127.0.0.1:PORT',
  'http:/127.0.0.1:PORT/',
  'http:///127.0.0.1:PORT/',
  'http://///127.0.0.1:PORT/',
  'http:@127.0.0.1:PORT/',
  'http://localhost..:PORT/',
  'http://.localhost:PORT/',
  ' http://127.0.0.1:PORT/',
  'http://127.0.0.1:PORT/ ',
  '\u0000http://127.0.0.1:PORT/',
  '\u001fhttp://127.0.0.1:PORT/',
  'ht\ntp://127.0.0.1:PORT/',
  'http:\r\n//127.0.0.1:PORT/',
  'http://127.0.\r\n0.1:PORT/',
  'http://127.0.0.1\t:PORT/',
  'http://1\n2\n7.0.0.1:PORT/',
  'http://127.0.0.1:PORT/\r\nHost: example.com',
  'http://127.0.0.1:PORT/ HTTP/1.1\r\nX-Injected: 1\r\n\r\nGET /admin',
  'http://127.0.0.1:PORT/?\r\nSET x 1\r\n',
  'http://local\u00adhost:PORT/',
  'http://local\u200bhost:PORT/',
  'http://127.0.0\u200b.1:PORT/',
  'http://\u2060127.0.0.1:PORT/',
];

/** Not HTTP at all. */
const schemes =
  words(`ftp://127.0.0.1:PORT/ file:///etc/passwd file://127.0.0.1/etc/passwd gopher://127.0.0.1:PORT/_INFO
  dict://127.0.0.1:PORT/info ldap://127.0.0.1:PORT/ tftp://127.0.0.1:PORT/x ws://127.0.0.1:PORT/ wss://127.0.0.1:PORT/
  unix:/var/run/docker.sock http+unix://%2fvar%2frun%2fdocker.sock/ javascript:alert(1) data:text/plain,hi
  blob:http://127.0.0.1:PORT/1 about:blank view-source:http://127.0.0.1:PORT/ jar:http://127.0.0.1:PORT/!/ mailto:a@127.0.0.1
  urn:x:y netdoc:///etc/passwd httpx://127.0.0.1:PORT/ https+x://127.0.0.1:PORT/ h2c://127.0.0.1:PORT/`);

/** No URL to any parser, and the same words for it wherever it is checked. */
const broken = [
  ...words(`http://256.0.0.1/ http://127.0.0.1.1/ http://4294967296/ http://0x100000000/ http://[::1
    http://[::1%25lo]:PORT/ http://[fe80::1%25eth0]:PORT/ http://[fe80::1%eth0]/ http://[::ffff:127.0.0.256]/ http://[127.0.0.1]/
    http://[::1]x/ http://[v1.x]/ http://127.0.0.1:65536/ http://127.0.0.1:-1/ http://127.0.0.1:8080x/ http://127.0.0.1:0x50/
    http://127.0.0.1:８０８０/ http://exa<mple.com/ http://%00/ http://127.0.0.1%00.example.com/ http://a%0d%0ab/ http://a^b/ http://:80/
    http://1.2.3.08/ http://example.com:80:PORT/`),
];

/** No URL either, and rejected at input in words that help more. */
const incomplete = ['', '//127.0.0.1:PORT/', '127.0.0.1:x', '/hook', '?AccountID=1', 'http://', 'https://?x', 'http:'];

/** Not encrypted; where http is allowed, nothing is wrong with them. */
const plain = words(`http://example.com/hook HTTP://EXAMPLE.COM/hook http://example.com:443/ http://example.com:8080/
  http://user:secret@example.com/ http://8.8.8.8/ http://[2606:4700::1111]/ http://example.com./`);

const ports =
  words(`0 1 7 9 13 19 20 21 22 23 25 53 69 79 81 110 111 123 135 139 143 161 179 389 445 465 514 515 587 636
  873 990 993 995 1023 00022 0000`);

/** What a public name may lead to, by one look-up. */
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
  // Names that the world's resolvers response so.
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

/** What a name leads to when it is set, and what from then on. */
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
    // Should one of them be looked up, it must not matter the response.
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
];

/** Where a receiver that may be called sends its caller. */
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

/** Texts that would end a line, a header or a query, were they not encoded: as ids, as ids of notifications, in URLs. */
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
