import Agent from 'undici/lib/dispatcher/agent.js';
import type { CallResult } from '../core/outcome.ts';
import { NOT_A_URL, type UrlPolicy, urlCheckBy } from '../core/url-policy.ts';
import { guardedConnector, UrlRejected } from './address-guard.ts';
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
 */
export type Call = (url: string, headers: Readonly<Record<string, string>>, cut?: AbortSignal) => Promise<CallResult>;

/** Makes a function for calls, which keeps its connections open between calls. */
export function makeCall(options: CallerOptions, lookUp = nameLookup()): Call {
  const check = urlCheckBy(options.rules);
  const connecting = {
    timeout: options.connectTimeoutSeconds * 1000,
    // Certificates are always checked. An environment variable cannot disable the check.
    tls: { allowH2: false, minVersion: 'TLSv1.2', rejectUnauthorized: true },
  } as const;
  const agent = new Agent({
    connect: guardedConnector(check, connecting, lookUp),
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEAD_BYTES,
    // The deadline of the whole call covers both. undici's timers are not exact.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return async (url, headers, cut) => {
    const target = URL.parse(url);
    if (!target) return { blocked: NOT_A_URL };
    // The guard would reject it too, but undici passes on only http and https.
    const rejected = check.target(target);
    if (rejected !== undefined) return { blocked: rejected };
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
      if (error instanceof UrlRejected) return { blocked: error.message };
      return { failure: describe(codeOf(error), options) };
    }
  };
}

function basicAuthorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = [url.username, url.password].map(percentDecode).join(':');
  return { authorization: `Basic ${Buffer.from(pair, 'latin1').toString('base64')}` };
}

/** Decodes each percent code into a byte. A percent sign without a code stays. A parsed URL contains only ASCII. */
function percentDecode(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
