import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../functions/operations/user-error.ts';

/** A running AWS emulator. */
export interface Emulator {
  readonly name: string;
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  /** Whether this run started it. Then all resources in it disappear when it stops. */
  readonly ours: boolean;
  /** Resolves with one line for the user when the emulator no longer responds. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

/** The usual port of AWS emulators. */
export const USUAL_PORT = 4566;

/** Uses an emulator that is already running. @throws {UserError} When none responds at the endpoint. */
export async function attach(endpoint: string): Promise<Emulator> {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))
    throw new UserError(`AWS_ENDPOINT_URL is no URL: write it like http://127.0.0.1:${USUAL_PORT}.`);
  if (!(await isResponding(endpoint)))
    throw new UserError(`Nothing responds at ${endpoint}: start your emulator there, or unset AWS_ENDPOINT_URL.`);
  const detached = new AbortController();
  return {
    name: 'The emulator',
    endpoint: endpoint.replace(/\/+$/, ''),
    ours: false,
    lost: untilSilent(endpoint, detached.signal),
    stop: async () => detached.abort(),
  };
}

/** Any HTTP response counts. */
export async function isResponding(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
}

/**
 * Whether the MiniStack of a run responds, and not that of another run, which took the port first.
 *
 * @param runId The RUN_ID that it was started with.
 */
export async function isMiniStackOf(runId: string, endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_localstack/${runId}`, { signal: AbortSignal.timeout(5_000) })
    .then((response) => response.text())
    .then(
      (text) => text === runId,
      () => false,
    );
}

async function untilSilent(endpoint: string, detached: AbortSignal): Promise<string> {
  let silent = 0;
  while (!detached.aborted && silent < 3) {
    await sleep(1_000, undefined, { ref: false });
    silent = (await isResponding(endpoint)) ? 0 : silent + 1;
  }
  return `The emulator at ${endpoint} does not respond any more. To fix this, start it again.`;
}
