export interface Timeouts {
  readonly connectTimeoutSeconds: number;
  /** For the whole call: connecting, waiting, reading. */
  readonly attemptTimeoutSeconds: number;
}

/** Codes of a connection that broke. */
export const brokenConnection: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Node has thirty codes for it. */
const PARSER_ERROR = 'HPE_';

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken before an answer',
  EPIPE: 'connection broken before an answer',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name not found for now',
  EHOSTUNREACH: 'host not reachable',
  ENETUNREACH: 'host not reachable',
  ETIMEDOUT: 'no connection',
  [PARSER_ERROR]: 'not an HTTP answer',
  AbortError: 'cut off: too slow, like those before it',
  CERT_HAS_EXPIRED: 'TLS certificate expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS certificate signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS certificate signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS certificate signed by an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS certificate of another host',
};

/** A failure in words, which go into logs: nothing of the URL is in them. */
export function describe(code: string, { connectTimeoutSeconds, attemptTimeoutSeconds }: Timeouts): string {
  if (code === 'NoConnection') return `no connection within ${connectTimeoutSeconds} s`;
  if (code === 'NoAnswer') return `no answer within ${attemptTimeoutSeconds} s`;
  return failures[code] ?? `failed (${code})`;
}

/** The code that names an error best; never its message, which may quote the URL. */
export function codeOf(error: unknown): string {
  const { code, name, errors } = error as { code?: unknown; name?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code.startsWith(PARSER_ERROR) ? PARSER_ERROR : code;
  // Node tries each address of a host, and wraps their errors.
  if (errors?.[0]) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'unknown';
}
