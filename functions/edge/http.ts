import { type IncomingMessage, request as requestPlainly } from 'node:http';
import { request as requestByTls } from 'node:https';
import { literalAddress } from '../core/address.ts';
import { type DestinationRules, judgeBy, NOT_A_URL } from '../core/destination-rules.ts';
import type { Answer } from '../core/outcome.ts';
import { DestinationRefused, guardedAgents } from './address-guard.ts';
import { brokenConnection, codeOf, describe, type Timeouts } from './failure.ts';
import { resolveByDns } from './resolve.ts';

/** More of a response is not read: only the status counts, the rest is for people. */
const MAX_RESPONSE_BYTES = 16 * 1024;

/** A connection kept from an earlier call may be dead. One that breaks this fast is tried once more, on a new one. */
const INSTANT_MS = 1_000;

/** A connection that nobody used for so long is closed: many receivers close theirs after five seconds. */
const IDLE_MS = 4_000;

/** There was no answer in time. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Made once: an error is made slowly. */
const BROKEN = Object.assign(new Error('no answer'), { code: 'ECONNRESET' });

interface CallerOptions extends Timeouts {
  readonly rules: DestinationRules;
}

/** Makes one GET. Whatever goes wrong is an answer too; it never throws. @param cut Cuts it off. */
export type Call = (url: string, headers: Readonly<Record<string, string>>, cut?: AbortSignal) => Promise<Answer>;

/** A caller with its own connections, which it keeps open between calls. */
export function makeCall(options: CallerOptions, resolve = resolveByDns): Call {
  const judge = judgeBy(options.rules);
  const connecting = {
    keepAlive: true,
    timeout: IDLE_MS,
    minVersion: 'TLSv1.2',
    // The default, but said aloud: no environment variable can turn it off.
    rejectUnauthorized: true,
  } as const;
  const agents = guardedAgents(judge, connecting, options.connectTimeoutSeconds * 1000, resolve);

  const get = (url: URL, headers: Readonly<Record<string, string>>, cut?: AbortSignal) =>
    new Promise<Answer>((resolve, reject) => {
      cut?.throwIfAborted();
      const isTls = url.protocol === 'https:';
      const sent = (isTls ? requestByTls : requestPlainly)({
        agent: isTls ? agents.https : agents.http,
        host: literalAddress(url.hostname) ?? url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        headers: Object.entries({ ...headers, ...basicAuthorization(url), host: url.host }).flat(),
      });
      // Not by signals: one that watches two others costs more than the call.
      const deadline = setTimeout(() => sent.destroy(new NoAnswer()), options.attemptTimeoutSeconds * 1000);
      const cutOff = () => sent.destroy(cut?.reason);
      cut?.addEventListener('abort', cutOff);
      sent
        .on('response', (response) => resolve(answerOf(response)))
        .on('error', reject)
        .on('close', () => {
          clearTimeout(deadline);
          cut?.removeEventListener('abort', cutOff);
          // Nothing any more if there was an answer or an error. There is neither when the other side asks for another protocol.
          reject(BROKEN);
        })
        .end();
    });

  return async (url, headers, cut) => {
    const target = URL.parse(url);
    if (!target) return { blocked: NOT_A_URL };
    // The guard would refuse it too, but only what is http or https gets there.
    const refused = judge.destination(target);
    if (refused !== undefined) return { blocked: refused };
    const started = performance.now();
    try {
      return await get(target, headers, cut).catch((error) => {
        const again = brokenConnection.has(codeOf(error)) && performance.now() - started < INSTANT_MS;
        if (!again) throw error;
        return get(target, headers, cut);
      });
    } catch (error) {
      if (error instanceof DestinationRefused) return { blocked: error.message };
      return { failure: describe(codeOf(error), options) };
    }
  };
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const retryAfter = response.headers['retry-after'];
  return {
    status: response.statusCode ?? 0,
    ...(retryAfter !== undefined && { retryAfter }),
    body: await beginningOf(response),
  };
}

/** A response that breaks off or never ends has given its status all the same. */
function beginningOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = () => resolve(Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString());
    response
      .on('data', (chunk) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= MAX_RESPONSE_BYTES) response.destroy();
      })
      .on('end', end)
      .on('error', end)
      .on('close', end);
  });
}

function basicAuthorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = [url.username, url.password].map(percentDecode).join(':');
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
