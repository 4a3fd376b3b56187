import { useEffect, useState } from 'preact/hooks';
import type { Trigger } from '../../../core/entity.ts';
import type { ApiRequest, ApiResponse } from '../../api/contract.ts';
import { messageOf, request } from '../shared/api.ts';

type Endpoint = 'POST /triggers/{trigger}/backfill';
type Progress = Pick<ApiResponse<Endpoint>, 'run' | 'sent' | 'skipped' | 'after'>;

export type BackfillOptions = Pick<ApiRequest<Endpoint>['body'], 'since' | 'by' | 'pace' | 'dryRun'>;

/** A backfill of this page. */
export interface BackfillState {
  readonly trigger: Trigger;
  readonly options: BackfillOptions;
  /** Absent before the first part. */
  readonly progress?: Progress;
  readonly status: 'running' | 'stopping' | 'stopped' | 'done';
  readonly error?: string;
}

/** The progress outlives the page, so that a backfill continues after the page was closed. */
const KEY = 'crm-triggers-backfill';

let state = stored();
/** Ends the pause between two parts. */
let wake = () => {};
const listeners = new Set<() => void>();

function update(next: BackfillState | undefined): void {
  state = next;
  if (next && next.status !== 'done' && !next.options.dryRun) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

function stored(): BackfillState | undefined {
  try {
    const kept: BackfillState | null = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return kept ? { ...kept, status: 'stopped' } : undefined;
  } catch {
    return undefined;
  }
}

const isRunning = () => state?.status === 'running';

/** The backfill of this page, which also runs while another view is shown. */
export function useBackfill(): BackfillState | undefined {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const listener = () => setTurn((turn) => turn + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return state;
}

/** Sends part after part, at the pace, until it is done, stopped or rejected. */
export async function runBackfill(trigger: Trigger, options: BackfillOptions, from?: Progress): Promise<void> {
  addEventListener('beforeunload', ask);
  update({ trigger, options, status: 'running', ...(from && { progress: from }) });
  let progress = from;
  try {
    for (;;) {
      const body = { ...options, ...progress };
      const { done, pauseMs, run, sent, skipped, after } = await request('POST /triggers/{trigger}/backfill', {
        trigger,
        body,
      });
      progress = { run, sent, skipped, ...(after && { after }) };
      if (done) return update({ trigger, options, progress, status: 'done' });
      if (!isRunning()) break;
      update({ trigger, options, progress, status: 'running' });
      await pause(pauseMs);
      if (!isRunning()) break;
    }
    update({ trigger, options, ...(progress && { progress }), status: 'stopped' });
  } catch (caught) {
    update({ trigger, options, ...(progress && { progress }), status: 'stopped', error: messageOf(caught) });
  } finally {
    removeEventListener('beforeunload', ask);
  }
}

/** Stops after the part that is being sent. */
export function stopBackfill(): void {
  if (state) update({ ...state, status: 'stopping' });
  wake();
}

export const discardBackfill = () => update(undefined);

/** Makes the browser ask before it leaves the page, which would stop the backfill. */
const ask = (event: BeforeUnloadEvent) => event.preventDefault();

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, milliseconds);
  });
}
