import type { ApiRequest, ApiResponse, Endpoint } from '../../api/contract.ts';
import type { ErrorBody } from '../../api/shapes.ts';
import { forget, token } from '../sign-in/session.ts';
import { apiTexts } from '../texts/app.ts';

/** The API rejected a request, or did not respond. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The current URL, when the request would have overwritten a version that the admin did not read. */
  readonly current: ErrorBody['current'];

  constructor(message: string, current?: ErrorBody['current']) {
    super(message);
    this.current = current;
  }
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

type Values = Readonly<Record<string, string | undefined>>;

interface AnyRequest {
  readonly trigger?: string;
  readonly name?: string;
  readonly query?: Values;
  readonly body?: unknown;
  readonly expectedVersion?: number | string;
}

/** Sends a request to the API. @throws {ApiError} */
export async function request<E extends Endpoint>(endpoint: E, given: ApiRequest<E>): Promise<ApiResponse<E>>;
export async function request(endpoint: Endpoint, given: AnyRequest): Promise<unknown> {
  const { trigger = '', name = '', query = {}, body, expectedVersion } = given;
  const [method, template = ''] = endpoint.split(' ');
  const path = template.replace('{trigger}', trigger).replace('{name}', encodeURIComponent(name));
  const authorization = await authorizationHeader();
  const response = await fetch(`/api${path}${queryText(query)}`, {
    method,
    headers: {
      ...authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(expectedVersion !== undefined && { 'if-match': `"${expectedVersion}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(LOCAL_RUN ? apiTexts.noLocalResponse : apiTexts.noResponse);
  });
  const json = await response.json().catch(() => ({}));
  if (response.ok) return json;
  if (response.status === 401 && !LOCAL_RUN) {
    forget();
    throw new ApiError(apiTexts.signedOut);
  }
  const { error = apiTexts.status(response.status), current }: Partial<ErrorBody> = json;
  throw new ApiError(error, current);
}

/** A local run has no sign-in. */
async function authorizationHeader(): Promise<Record<string, string>> {
  if (LOCAL_RUN) return {};
  const bearer = await token();
  if (!bearer) throw new ApiError(apiTexts.signedOut);
  return { authorization: `Bearer ${bearer}` };
}

/** A query string of the values that are not empty. */
function queryText(values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}
