import type { Socket } from 'node:net';

const END = Buffer.from('\r\n\r\n');

/** Large enough for receivers with long cookies. A longer head is passed on unchanged, and undici's limit ends the call. */
export const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Makes undici accept two kinds of response heads that RFC 9112 lets a client accept, and that curl, Python and Go accept:
 *
 * - `100 Continue` before the response, although no request asked for it (undici closes the connection);
 * - a header that continues on the next line (undici's parser rejects it). Such lines are joined.
 *
 * It reads a whole head, changes it if needed, and passes on all other bytes. A connection has one request at a time.
 */
export function acceptOldHeads(socket: Socket): Socket {
  let isHead = false;
  let head: Buffer = Buffer.alloc(0);
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const read = socket.read.bind(socket);
  socket.write = ((...args: unknown[]) => {
    isHead = true;
    return write(...args);
  }) as typeof socket.write;
  socket.read = (size?: number) => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null || !isHead) return chunk;
      head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
      const accepted = acceptedHead(head);
      if (accepted === undefined) continue;
      isHead = false;
      head = Buffer.alloc(0);
      return accepted;
    }
  };
  return socket;
}

/** Returns the bytes to parse, or nothing until the head of the response has arrived. */
function acceptedHead(bytes: Buffer): Buffer | undefined {
  const end = bytes.indexOf(END);
  if (end === -1) return bytes.length > MAX_HEAD_BYTES || !looksLikeHttp(bytes) ? bytes : undefined;
  const head = bytes.toString('latin1', 0, end);
  if (/^HTTP\/1\.[01] 100\b/.test(head)) return acceptedHead(bytes.subarray(end + END.length));
  // Most heads have none.
  if (!/\r\n[ \t]/.test(head)) return bytes;
  const joined = head.replace(/[ \t]*\r\n[ \t]+/g, ' ');
  return Buffer.concat([Buffer.from(joined, 'latin1'), bytes.subarray(end)]);
}

/** Returns whether the bytes can be HTTP. If not, the parser gets them at once and rejects them. */
function looksLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 5);
  return 'HTTP/'.startsWith(start) || start === 'HTTP/';
}
