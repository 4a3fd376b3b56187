import Agent from 'undici/lib/dispatcher/agent.js';
import type { CallResult } from '../core/outcome.ts';
import { NOT_A_URL, type UrlPolicy, urlCheckBy } from '../core/url-policy.ts';
import { guardedConnector, UrlRejected } from './address-guard.ts';
import { type ClientCertificate, type Credentials, callWithCredentials, type Send } from './credentials-call.ts';
import { brokenConnection, codeOf, describe, type Timeouts } from './failure.ts';
import { get } from './http-get.ts';
import { nameLookup } from './name-lookup.ts';
import { MAX_HEAD_BYTES } from './response-head.ts';

/**
 * A connection of an earlier call can be dead. A call whose connection breaks this fast is repeated once on a new
 * connection.
 */
const INSTANT_MS = 1_000;

/** An idle connection is closed after this time, because many receivers close theirs after five seconds. */
const IDLE_MS = 4_000;

interface CallerOptions extends Timeouts {
  readonly rules: UrlPolicy;
}

/**
 * Makes one GET. It never throws, because a failure is also a result.
 *
 * @param cut Aborts the call.
 * @param credentials Absent if the trigger has none: such calls share their connections.
 */
export type Call = (
  url: string,
  headers: Readonly<Record<string, string>>,
  cut?: AbortSignal,
  credentials?: Credentials,
) => Promise<CallResult>;

/** Makes a function for calls, which keeps its connections open between calls. @param now Epoch milliseconds. */
export function makeCall(options: CallerOptions, lookUp = nameLookup(), now: () => number = Date.now): Call {
  const check = urlCheckBy(options.rules);
  const milliseconds = options.attemptTimeoutSeconds * 1000;
  const newAgent = (certificate?: ClientCertificate) =>
    new Agent({
      connect: guardedConnector(
        check,
        {
          timeout: options.connectTimeoutSeconds * 1000,
          // Certificates are always checked. An environment variable cannot disable the check.
          tls: { ...certificate, allowH2: false, minVersion: 'TLSv1.2', rejectUnauthorized: true },
        },
        lookUp,
      ),
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
      // The deadline of the whole call covers both. undici's timers are not exact.
      headersTimeout: 0,
      bodyTimeout: 0,
    });

  const send: Send = async (agent, url, request, milliseconds, cut) => {
    const target = URL.parse(url);
    if (!target) return { blocked: NOT_A_URL };
    // The guard would reject it too, but undici passes on only http and https.
    const rejected = check.target(target);
    if (rejected !== undefined) return { blocked: rejected };
    const started = performance.now();
    const authorization = basicAuthorization(target);
    const headers = authorization === undefined ? request.headers : { ...request.headers, authorization };
    const asked = { ...request, url: target, headers };
    try {
      return await get(agent, asked, milliseconds, cut);
    } catch (error) {
      const passed = performance.now() - started;
      if (!brokenConnection.has(codeOf(error)) || passed > INSTANT_MS) return failureOf(error);
      return get(agent, asked, milliseconds - passed, cut).catch(failureOf);
    }
  };

  const failureOf = (error: unknown): CallResult =>
    error instanceof UrlRejected ? { blocked: error.message } : { failure: describe(codeOf(error), options) };

  const shared = newAgent();
  const withCredentials = callWithCredentials({ send, shared, newAgent, milliseconds, now });
  return (url, headers, cut, credentials) =>
    credentials ? withCredentials(url, headers, cut, credentials) : send(shared, url, { headers }, milliseconds, cut);
}

function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const pair = [url.username, url.password].map(percentDecode).join(':');
  return `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`;
}

/** Decodes each percent code into a byte. A percent sign without a code stays. A parsed URL contains only ASCII. */
function percentDecode(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
