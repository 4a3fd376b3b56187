import type { Zones } from '../support/name-server.ts';

/**
 * Receivers with which an attacker could reach a private address, by the URL or by the addresses of its name. `PORT` in a URL
 * is replaced by a port on which this machine listens on 127.0.0.1 and ::1, so a connection would succeed.
 */
export interface Hostile {
  /** The configured URL, or one that an earlier release stored with fewer checks. */
  readonly url: string;
  /** The expected reason. */
  readonly reason: Reason;
  /** The responses to the look-ups of the host name. The last one is repeated. */
  readonly responses?: readonly (readonly string[])[];
  /** The zones of a real name server, in place of `responses`. */
  readonly zones?: Zones;
  /** The private networks that the deployment allows, as with the setting `vpc`. Default: none. */
  readonly allowed?: readonly string[];
  /**
   * The result of setting it. `rejected` (default): for the same reason as at the call. `syntax`: rejected by its spelling,
   * before the name is resolved. `accepted`: its name has other addresses at that time.
   */
  readonly input?: 'syntax' | 'accepted';
}

/** The expected lines, independent of the code. */
export const reasons = {
  private:
    'leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json',
  port: 'has a port below 1024 that is not 80 or 443. Fix: use another port, or add it to allowedPorts in cdk.json',
  http: 'begins with http://, which is not encrypted. Fix: use https://, or set allowHttp in cdk.json',
  scheme: 'does not begin with http:// or https://. Fix: set the whole URL, such as https://example.com/hook',
  broken: 'is not a URL. Fix: check the host and the port, as in https://example.com:8443/hook',
} as const;

type Reason = keyof typeof reasons;

export const PUBLIC = '8.8.8.8';

export const words = (text: string) => text.trim().split(/\s+/);

/** Private hosts. */
export const hosts: Record<string, string> = {
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

/** Spellings that are rejected at input. A URL parser accepts them and returns this machine. */
export const oddlyWritten = [
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
