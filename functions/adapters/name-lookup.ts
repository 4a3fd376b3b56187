import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Until a name server that does not respond is asked again, or the next one is asked, milliseconds. */
const TRY_MS = 1_000;
const TRIES = 3;

/** How long the addresses of one family wait for those of the other (RFC 8305, section 3, recommends 50), milliseconds. */
const OTHER_FAMILY_MS = 100;

/** Codes of c-ares that say that a name has no such addresses. All others say that this cannot be known now. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

/** Names of the machine itself, whatever a name server says (RFC 6761, section 6.3). */
const LOCALHOST = /(?:^|\.)localhost$/;

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

interface NameLookupOptions {
  /** Name servers, as `address` or `address:port`. Default: those of the operating system. */
  readonly servers?: readonly string[];
  /** Where the hosts file is. Default: where the operating system has it. */
  readonly hostsFile?: string;
}

/**
 * All addresses of a host name, IPv4 first.
 *
 * @throws {Error} Its code is `ENOTFOUND`, or `EAI_AGAIN` when the name servers do not respond as they should. The message does not
 *   contain the name.
 */
export type NameLookup = (hostname: string, signal?: AbortSignal) => Promise<readonly LookupAddress[]>;

/**
 * Looks up host names with c-ares. `dns.lookup` runs in two of libuv's threads: one silent name server would block the look-ups of
 * all other names, and those of the AWS SDK.
 */
export function nameLookup({ servers, hostsFile = HOSTS_FILE }: NameLookupOptions = {}): NameLookup {
  return async (hostname, signal) => {
    const name = hostname.replace(/\.$/, '').toLowerCase();
    const listed = LOCALHOST.test(name) ? ['127.0.0.1', '::1'] : await addressesInFile(hostsFile, name);
    if (listed.length > 0) return listed.map((address) => ({ address, family: isIP(address) }));
    // A resolver of its own, so that it can be cancelled alone.
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await bothFamilies(resolver, hostname);
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
    }
  };
}

async function bothFamilies(resolver: Resolver, hostname: string): Promise<LookupAddress[]> {
  const families = [
    resolver.resolve4(hostname).then((found) => found.map((address) => ({ address, family: 4 }))),
    resolver.resolve6(hostname).then((found) => found.map((address) => ({ address, family: 6 }))),
  ];
  const all = Promise.allSettled(families);
  // Some name servers never respond for one of the families.
  const first = await Promise.any(families).catch(() => undefined);
  const results = await Promise.race([all, ...(first ? [sleep(OTHER_FAMILY_MS, undefined)] : [])]);
  const found = results?.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])) ?? first ?? [];
  if (found.length > 0) return found;
  const codes = (await all).map((result) => result.status === 'rejected' && result.reason.code);
  const isAbsent = codes.every((code) => NO_ADDRESS.has(code));
  throw Object.assign(new Error('the host name has no address'), { code: isAbsent ? 'ENOTFOUND' : 'EAI_AGAIN' });
}

/** The addresses that a hosts file lists for a name; none when there is no such file. */
async function addressesInFile(file: string, name: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((one) => one.toLowerCase() === name) ? [address] : [];
  });
}
