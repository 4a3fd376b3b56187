/**
 * The part of `node:net` that functions/core/address.ts uses, for browsers. With it, the page checks addresses by the same
 * rules as the functions. The page's check only helps the admin; the API checks again, with the real `node:net`.
 */

interface Range {
  readonly first: bigint;
  /** The number of bits after the network's prefix. */
  readonly free: bigint;
}

type Family = 'ipv4' | 'ipv6';

/** The IPv6 prefix of IPv4 addresses, ::ffff:1.2.3.4. With it, both forms of an IPv4 address have the same value. */
const MAPPED = 0xffffn << 32n;

export function isIP(text: string): 0 | 4 | 6 {
  if (read4(text) !== undefined) return 4;
  return read6(text) === undefined ? 0 : 6;
}

export class BlockList {
  readonly #ranges: Range[] = [];

  addSubnet(address: string, bits: number, family: Family): void {
    const first = read(address, family);
    if (first === undefined) throw new TypeError('Invalid address');
    this.#ranges.push({ first, free: BigInt((family === 'ipv4' ? 32 : 128) - bits) });
  }

  check(address: string, family: Family): boolean {
    const value = read(address, family);
    return value !== undefined && this.#ranges.some(({ first, free }) => first >> free === value >> free);
  }
}

function read(text: string, family: Family): bigint | undefined {
  if (family === 'ipv6') return read6(text);
  const value = read4(text);
  return value === undefined ? undefined : MAPPED | value;
}

function read4(text: string): bigint | undefined {
  const octets = text.split('.');
  const isValid =
    octets.length === 4 && octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  return isValid ? octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n) : undefined;
}

/** The URL parser accepts all notations of an IPv6 address, and returns one form. */
function read6(text: string): bigint | undefined {
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const [before = '', after] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (half: string) => half.split(':').filter((group) => group !== '');
  const head = groups(before);
  const tail = groups(after ?? '');
  const middle = Array(8 - head.length - tail.length).fill('0');
  return [...head, ...middle, ...tail].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}
