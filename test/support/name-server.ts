import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** The response of a name server for a name: addresses, an error, or none. */
export interface Zone {
  /** The names of a chain of CNAME records before the addresses. */
  readonly aliases?: readonly string[];
  readonly addresses?: readonly string[];
  /** 2 for SERVFAIL, 3 for NXDOMAIN. */
  readonly code?: number;
  readonly delayMs?: number;
  readonly silent?: 'A' | 'AAAA' | 'all';
}

const types: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };

/** By name. Of a list, each query for a type gets the next zone, and all later queries get the last one. */
export type Zones = Readonly<Record<string, Zone | readonly Zone[]>>;

/** A name server on 127.0.0.1 (UDP), until it is disposed of. Names that are not in its zones do not exist. */
export async function nameServer(zones: Zones) {
  const queries: string[] = [];
  const zoneOf = (name: string, query: string): Zone => {
    const all = [zones[name] ?? {}].flat();
    const asked = queries.filter((earlier) => earlier === query).length;
    return all[Math.min(asked, all.length) - 1] ?? {};
  };
  const timers = new Set<NodeJS.Timeout>();
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    queries.push(`${name} ${type}`);
    const zone = zoneOf(name, `${name} ${type}`);
    const { aliases = [], addresses = [], code = name in zones ? 0 : 3, delayMs = 0, silent } = zone;
    if (silent === 'all' || silent === type) return;
    const fitting = addresses.filter((one) => (type === 'AAAA') === isIPv6(one));
    const records = [...aliasRecords(aliases), ...addressRecords(aliases.at(-1), type === 'AAAA' ? 28 : 1, fitting)];
    const response = responseTo(query.subarray(0, end), records, code);
    timers.add(setTimeout(() => socket.send(response, port, address, () => {}), delayMs));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    queries,
    server: `127.0.0.1:${socket.address().port}`,
    async [Symbol.asyncDispose]() {
      // A closed socket throws when it sends.
      timers.forEach(clearTimeout);
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** The question of a query (RFC 1035, section 4.1), and where it ends. */
function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: types[query.readUInt16BE(at + 1)], end: at + 5 };
}

function responseTo(question: Buffer, records: readonly Buffer[], code: number): Buffer {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question.subarray(12), ...records]);
}

/** A CNAME record for each name, from the name before it; the first is of the queried name. */
const aliasRecords = (names: readonly string[]) => names.map((name, i) => recordOf(names[i - 1], 5, bytesOfName(name)));

const addressRecords = (owner: string | undefined, type: number, addresses: readonly string[]) =>
  addresses.map((address) =>
    recordOf(owner, type, isIPv6(address) ? bytesOfIPv6(address) : Buffer.from(address.split('.').map(Number))),
  );

/** A resource record with a time to live of 0. @param owner Default: the queried name. */
function recordOf(owner: string | undefined, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  // A pointer to the name in the question.
  return Buffer.concat([owner === undefined ? Buffer.from([0xc0, 0x0c]) : bytesOfName(owner), fixed, data]);
}

function bytesOfName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function bytesOfIPv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array(missing).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
