import { forget, token } from './sign-in.ts';

/** An error response of the API. */
export class ApiError extends Error {
  override readonly name = 'Rejected';
  readonly status: number;
  /** The current URL, when the write was based on an older version. */
  readonly current: Kept | undefined;

  constructor(status: number, message: string, current?: Kept) {
    super(message);
    this.status = status;
    this.current = current;
  }
}

const SIGNED_OUT = 'You are signed out: sign in again.';

/** A trigger's URL and its version. */
export interface Kept {
  readonly url: string | null;
  readonly version: number;
}

/** Locally nobody signs in. */
async function authorization(): Promise<Record<string, string>> {
  if (LOCAL_RUN) return {};
  const bearer = await token();
  if (!bearer) throw new ApiError(401, SIGNED_OUT);
  return { authorization: `Bearer ${bearer}` };
}

/** Asks the API. @param seen The version that a write is made on. @throws {Rejected} */
export async function ask<Json>(method: string, path: string, body?: unknown, expectedVersion?: number): Promise<Json> {
  const headers = await authorization();
  const response = await fetch(`/api${path}`, {
    method,
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(expectedVersion !== undefined && { 'if-match': `"${expectedVersion}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, 'Nothing responds: is it still running?');
  });
  const json = await response.json().catch(() => ({}));
  if (response.ok) return json;
  if (response.status === 401 && !LOCAL_RUN) {
    forget();
    throw new ApiError(401, SIGNED_OUT);
  }
  throw new ApiError(response.status, json.error ?? `The response was HTTP ${response.status}.`, json.current);
}

/** A query of what is given; what is empty is left out. */
export function queryOf(given: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}
