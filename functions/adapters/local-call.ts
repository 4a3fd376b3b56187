import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { CallResult } from '../core/outcome.ts';

/** How long a call waits for the whole response, as deliver does by default. */
const WAIT_MS = 10_000;

/** The addresses of `localhost`, whatever a name server returns. */
const loopback: LookupFunction = (_, __, callback) =>
  callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);

/**
 * Makes one GET to a server on this machine, without a proxy. It follows no redirect, and never throws.
 *
 * @param url An http or https URL whose host is a loopback address or a name of it.
 */
export async function localCall(url: string, headers: Readonly<Record<string, string>>): Promise<CallResult> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  try {
    const status = await new Promise<number>((resolve, reject) => {
      const options = { headers, agent: false, lookup: loopback, signal: AbortSignal.timeout(WAIT_MS) } as const;
      request(url, options, (response) => {
        response.resume().once('error', reject);
        response.once('end', () => resolve(response.statusCode ?? 0));
      })
        .once('error', reject)
        .end();
    });
    return { status, body: '' };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (name === 'AbortError' || name === 'TimeoutError') return { failure: `no response within ${WAIT_MS / 1000} s` };
    return { failure: code === 'ECONNREFUSED' ? 'connection refused' : `failed (${code ?? name})` };
  }
}
