import { NO_CONNECTION, NO_NAME } from './address-guard.ts';
import { NO_RESPONSE } from './http-get.ts';

export interface Timeouts {
  readonly connectTimeoutSeconds: number;
  /** The maximum duration of the whole call. */
  readonly attemptTimeoutSeconds: number;
}

/** Codes of a connection that broke. */
export const brokenConnection: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Of a call that was aborted. */
export const CUT_OFF = 'cut off: too slow, like those before it';

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken before a response',
  EPIPE: 'connection broken before a response',
  UND_ERR_SOCKET: 'connection broken before a response',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name not found for now',
  EHOSTUNREACH: 'host not reachable',
  ENETUNREACH: 'host not reachable',
  ETIMEDOUT: 'no connection',
  HTTPParserError: 'not an HTTP response, or one with an invalid header',
  UND_ERR_HEADERS_OVERFLOW: 'headers of more than 64 KiB in the response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'not an HTTP response, or one with an invalid header',
  AbortError: CUT_OFF,
  CERT_HAS_EXPIRED: 'TLS certificate expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS certificate signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS certificate signed by an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS certificate of another host',
};

/** For example that the receiver requires a client certificate, or rejects this one. */
const tlsAlert = /^ERR_SSL_.*ALERT_(\w+)$/;

/** Describes a failure without any part of the URL, because the description is logged. */
export function describe(code: string, { connectTimeoutSeconds, attemptTimeoutSeconds }: Timeouts): string {
  if (code === NO_NAME.code) return `host name not looked up within ${connectTimeoutSeconds} s`;
  if (code === NO_CONNECTION.code) return `no connection within ${connectTimeoutSeconds} s`;
  if (code === NO_RESPONSE.code) return `no response within ${attemptTimeoutSeconds} s`;
  const [, alert] = tlsAlert.exec(code) ?? [];
  if (alert) return `TLS handshake rejected (${alert.replaceAll('_', ' ').toLowerCase()})`;
  return failures[code] ?? `failed (${code})`;
}

/** Returns the code of an error. Its message can contain the URL. */
export function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  // undici's parser has many codes, which mean the same here.
  if (typeof code === 'string' && name !== 'HTTPParserError') return code;
  return typeof name === 'string' ? name : 'unknown';
}
