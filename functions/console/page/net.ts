/**
 * What functions/core/address.ts uses of `node:net`, for browsers: so the page checks an address by the very rules that
 * the functions do. The page's check only helps the one who types; the API checks again, with the real one.
 */

interface Range {
  readonly first: bigint;
  /** How many bits behind the network's prefix are free. */
  readonly free: bigint;
}

type Family = 'ipv4' | 'ipv6';

/** Where IPv6 has the addresses of IPv4, ::ffff:1.2.3.4; so one written so is checked as what it is. */
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
  const deps = text.split('.');
  const right = deps.length === 4 && deps.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return right ? deps.reduce((value, part) => value * 256n + BigInt(part), 0n) : undefined;
}

/** The URL parser knows all ways of writing one, and gives them one form. */
function read6(text: string): bigint | undefined {
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const [before = '', after] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (half: string) => half.split(':').filter((group) => group !== '');
  const head = groups(before);
  const tail = groups(after ?? '');
  const middle = Array(8 - head.length - tail.length).fill('0');
  return [...head, ...middle, ...tail].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}
