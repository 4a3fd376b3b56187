import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** The response of a name server for a name: addresses, an error, or none. */
export interface Zone {
  readonly addresses?: readonly string[];
  /** 2 for SERVFAIL, 3 for NXDOMAIN. */
  readonly code?: number;
  readonly delayMs?: number;
  readonly silent?: 'A' | 'AAAA' | 'all';
}

const types: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };

/** A name server on 127.0.0.1 (UDP), until it is disposed of. Names that are not in its zones do not exist. */
export async function nameServer(zones: Readonly<Record<string, Zone>>) {
  const queries: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    queries.push(`${name} ${type}`);
    const { addresses = [], code = name in zones ? 0 : 3, delayMs = 0, silent } = zones[name] ?? {};
    if (silent === 'all' || silent === type) return;
    const fitting = addresses.filter((one) => (type === 'AAAA') === isIPv6(one));
    const response = responseTo(query.subarray(0, end), type === 'AAAA' ? 28 : 1, fitting, code);
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

function responseTo(question: Buffer, type: number, addresses: readonly string[], code: number): Buffer {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const data = isIPv6(address) ? bytesOfIPv6(address) : Buffer.from(address.split('.').map(Number));
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, question.subarray(12), ...records]);
}

function bytesOfIPv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array(missing).fill('0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
