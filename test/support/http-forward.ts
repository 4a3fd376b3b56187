import { type IncomingMessage, request } from 'node:http';

export async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Forwards a received request to its target. */
export function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const { 'content-length': _, 'transfer-encoding': __, ...rest } = headers;
    const call = request(new URL(url ?? '/', endpoint), { method, headers: rest }, async (response) => {
      const { 'content-length': _, 'transfer-encoding': __, ...back } = response.headers;
      resolve({ status: response.statusCode ?? 500, headers: back, body: await readAll(response) });
    });
    call.on('error', reject);
    call.end(body);
  });
}
