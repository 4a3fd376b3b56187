import { setTimeout as sleep } from 'node:timers/promises';

/** How the receiver responds to the calls of one lane. */
export const modes = ['200', '500', 'hang', '410', '429'] as const;

export type Mode = (typeof modes)[number];

/** One request as it arrived, and the status it got. Times are epoch milliseconds by the receiver's clock. */
export interface Call {
  /** The first segment of the path: each step of the verification has lanes of its own. */
  readonly lane: string;
  readonly at: number;
  readonly path: string;
  /** As sent, with the question mark; empty when there was none. */
  readonly query: string;
  readonly trigger: string;
  readonly id: string;
  readonly sequence: string;
  readonly attempt: string;
  readonly timestamp: string;
  readonly signature: string;
  /** 0 when the request got no response in time. */
  readonly status: number;
}

/** Where the receiver keeps what it was asked, and how it is to respond. */
export interface Store {
  mode(lane: string): Promise<Mode>;
  /** @returns How many requests of this lane arrived in this second, this one included. */
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

/** Every response takes this long, so that calls that are made side by side overlap. */
export const RESPONSE_MS = 100;

/** Longer than an attempt may take. */
const HANG_MS = 15_000;

/** In mode 429 this many requests a second are taken. */
export const TAKEN_PER_SECOND = 5;

/** Responds to a request as its lane's mode says, and records it. */
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
  const asks: Record<string, string> = status === 429 ? { 'retry-after': '1' } : {};
  return { statusCode: status, headers: { 'content-type': 'text/plain', ...asks }, body: String(status) };
}

async function statusOf(mode: Mode, lane: string, at: number, store: Store): Promise<number> {
  if (mode === 'hang') return 200;
  if (mode !== '429') return Number(mode);
  return (await store.count(lane, Math.floor(at / 1000))) <= TAKEN_PER_SECOND ? 200 : 429;
}
