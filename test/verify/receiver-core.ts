import { setTimeout as sleep } from 'node:timers/promises';

/** The modes in which the receiver responds to the calls of a lane. */
export const modes = ['200', '500', 'hang', '410', '429'] as const;

export type Mode = (typeof modes)[number];

/** A request and the status of its response. Times are epoch milliseconds of the receiver's clock. */
export interface Call {
  /** The first segment of the path. The steps use different lanes. */
  readonly lane: string;
  readonly at: number;
  readonly path: string;
  /** With the question mark; empty without a query. */
  readonly query: string;
  readonly trigger: string;
  readonly id: string;
  readonly sequence: string;
  readonly attempt: string;
  readonly timestamp: string;
  readonly signature: string;
  /** 0 if the receiver hung. */
  readonly status: number;
}

/** The store of the receiver: the calls, and the mode of each lane. */
export interface Store {
  mode(lane: string): Promise<Mode>;
  /** @returns The number of requests of this lane in this second, including this one. Second 0 counts all requests. */
  count(lane: string, second: number): Promise<number>;
  record(call: Call): Promise<void>;
}

/** A request as the HTTP API hands it over, so far as the receiver reads it. */
export interface Requested {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Responded {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The duration of every response, so that parallel calls overlap. */
export const RESPONSE_MS = 100;

/** Longer than the timeout of an attempt. */
const HANG_MS = 15_000;

/** The number of requests per second that mode 429 accepts. It also rejects the first request, so that a slow sender gets a 429 too. */
export const ACCEPTED_PER_SECOND = 5;

/** Responds to a request in the mode of its lane, and records it. */
export async function respond(request: Requested, store: Store, wait: typeof sleep = sleep): Promise<Responded> {
  const { rawPath, rawQueryString, headers } = request;
  const lane = rawPath.split('/')[1] ?? '';
  const at = Date.now();
  const mode = await store.mode(lane);
  const status = await statusOf(mode, lane, at, store);
  const header = (name: string) => headers[name] ?? '';
  await store.record({
    lane,
    at,
    path: rawPath,
    query: rawQueryString && `?${rawQueryString}`,
    trigger: header('crm-trigger'),
    id: header('webhook-id'),
    sequence: header('crm-trigger-sequence'),
    attempt: header('crm-trigger-attempt'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    status: mode === 'hang' ? 0 : status,
  });
  await wait(mode === 'hang' ? HANG_MS : RESPONSE_MS);
  const retryAfter: Record<string, string> = status === 429 ? { 'retry-after': '1' } : {};
  return { statusCode: status, headers: { 'content-type': 'text/plain', ...retryAfter }, body: String(status) };
}

async function statusOf(mode: Mode, lane: string, at: number, store: Store): Promise<number> {
  if (mode === 'hang') return 200;
  if (mode !== '429') return Number(mode);
  const isFirst = (await store.count(lane, 0)) === 1;
  const isOver = (await store.count(lane, Math.floor(at / 1000))) > ACCEPTED_PER_SECOND;
  return isFirst || isOver ? 429 : 200;
}
