import Agent from 'undici/lib/dispatcher/agent.js';
import { type DestinationRules, judgeBy, NOT_A_URL } from '../core/destination-rules.ts';
import type { Answer } from '../core/outcome.ts';
import { DestinationRefused, guardedConnector } from './address-guard.ts';
import { get, NO_ANSWER } from './get.ts';
import { resolveByDns } from './resolve.ts';

/** A connection kept from an earlier call may be dead. One that breaks this fast is tried once more, on a new one. */
const INSTANT_MS = 1_000;

/** A connection that nobody used for so long is closed: many receivers close theirs after five seconds. */
const IDLE_MS = 4_000;

interface CallerOptions {
  readonly connectTimeoutSeconds: number;
  /** For the whole call: connecting, waiting, reading. */
  readonly attemptTimeoutSeconds: number;
  readonly rules: DestinationRules;
}

/** Makes one GET. Whatever goes wrong is an answer too; it never throws. @param cut Cuts it off. */
export type Call = (url: string, headers: Readonly<Record<string, string>>, cut?: AbortSignal) => Promise<Answer>;

/** A caller with its own connections, which it keeps open between calls. */
export function makeCall(options: CallerOptions, resolve = resolveByDns): Call {
  const judge = judgeBy(options.rules);
  const connecting = {
    timeout: options.connectTimeoutSeconds * 1000,
    allowH2: false,
    minVersion: 'TLSv1.2',
    // The default, but said aloud: no environment variable can turn it off.
    rejectUnauthorized: true,
  } as const;
  const agent = new Agent({
    connect: guardedConnector(judge, connecting, resolve),
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: 16 * 1024,
    // The deadline of the whole call covers both; undici's own timers are too coarse to be exact.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return async (url, headers, cut) => {
    const target = URL.parse(url);
    if (!target) return { blocked: NOT_A_URL };
    // The guard would refuse it too, but only what is http or https gets there.
    const refused = judge.destination(target);
    if (refused !== undefined) return { blocked: refused };
    const started = performance.now();
    const milliseconds = options.attemptTimeoutSeconds * 1000;
    const asked = { url: target, headers: { ...headers, ...basicAuthorization(target) } };
    try {
      return await get(agent, asked, milliseconds, cut).catch((error) => {
        const passed = performance.now() - started;
        if (!brokenConnection.has(codeOf(error)) || passed > INSTANT_MS) throw error;
        return get(agent, asked, milliseconds - passed, cut);
      });
    } catch (error) {
      if (error instanceof DestinationRefused) return { blocked: error.message };
      return { failure: describe(codeOf(error), options) };
    }
  };
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

const brokenConnection: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken before an answer',
  EPIPE: 'connection broken before an answer',
  UND_ERR_SOCKET: 'connection broken before an answer',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name not found for now',
  EHOSTUNREACH: 'host not reachable',
  ENETUNREACH: 'host not reachable',
  ETIMEDOUT: 'no connection',
  HTTPParserError: 'not an HTTP answer',
  UND_ERR_HEADERS_OVERFLOW: 'not an HTTP answer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'not an HTTP answer',
  AbortError: 'cut off: too slow, like those before it',
  CERT_HAS_EXPIRED: 'TLS certificate expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS certificate signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS certificate signed by an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS certificate of another host',
};

function describe(code: string, { connectTimeoutSeconds, attemptTimeoutSeconds }: CallerOptions): string {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection within ${connectTimeoutSeconds} s`;
  if (code === NO_ANSWER.code) return `no answer within ${attemptTimeoutSeconds} s`;
  return failures[code] ?? `failed (${code})`;
}

/** The code that names an error best; never its message, which may quote the URL. */
function codeOf(error: unknown): string {
  const { code, name, errors } = error as { code?: unknown; name?: unknown; errors?: unknown[] };
  // That has thirty codes, or none.
  if (typeof code === 'string' && name !== 'HTTPParserError') return code;
  // Node tries each address of a host, and wraps their errors.
  if (errors?.[0]) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'unknown';
}
