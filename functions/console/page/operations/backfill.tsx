import { useEffect, useRef, useState } from 'preact/hooks';
import { isTrigger, type Trigger, triggers } from '../../../core/entity.ts';
import { useParameter } from '../shared/address.ts';
import { request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { Choice } from '../shared/filters.tsx';
import { useLoad } from '../shared/load.ts';
import { backfillTexts } from '../texts/operations.ts';
import {
  type BackfillOptions,
  type BackfillState,
  discardBackfill,
  runBackfill,
  stopBackfill,
  useBackfill,
} from './backfill-run.ts';

const PACE = 50;
const MAX_PACE = 1000;
const BY = 'updatedAt';

/** A delete leaves no row. */
const choices = triggers
  .filter((trigger) => !trigger.endsWith('.delete'))
  .map((trigger) => [trigger, trigger] as const);

/** Starts a backfill, after a count of the rows, and shows its progress. */
export function Backfill() {
  const state = useBackfill();
  const [chosen] = useParameter('backfill');
  const section = useRef<HTMLElement>(null);
  // A link of a trigger leads here.
  useEffect(() => {
    if (chosen) section.current?.scrollIntoView();
  }, [chosen]);
  return (
    <section class="panel" aria-labelledby="backfill-title" ref={section}>
      <h3 id="backfill-title">{backfillTexts.title}</h3>
      <p class="muted">{backfillTexts.lead}</p>
      {state && <Progress state={state} />}
      {state === undefined || state.status === 'done' ? <Start state={state} /> : null}
    </section>
  );
}

function Start({ state }: { readonly state: BackfillState | undefined }) {
  const [chosen, setChosen] = useParameter('backfill');
  const [since, setSince] = useState('');
  const [by, setBy] = useState(BY);
  const [paceText, setPace] = useState(String(PACE));
  const [isAsked, setAsked] = useState(false);
  const trigger: Trigger = isTrigger(chosen) && !chosen.endsWith('.delete') ? chosen : 'customer.create';
  const { value, error } = useLoad(() => request('GET /triggers/{trigger}/backfill', { trigger }), trigger);
  const pace = Math.min(MAX_PACE, Math.max(1, Math.round(Number(paceText) || PACE)));
  const options: BackfillOptions = { pace, ...(since && { since, by: by || BY }) };
  const counted =
    state?.options.dryRun && state.trigger === trigger && sameRows(state.options, options) ? state : undefined;
  const rows = counted?.progress
    ? backfillTexts.counted(counted.progress.sent)
    : value && backfillTexts.aboutRows(value.rows, since !== '');
  return (
    <>
      <ErrorBanner error={error} />
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
        }}
      >
        <Choice
          label={backfillTexts.trigger}
          value={trigger}
          options={choices}
          choose={(one) => setChosen(one ?? '')}
        />
        <label>
          {backfillTexts.pace}
          <input
            type="number"
            min="1"
            max={MAX_PACE}
            value={paceText}
            onInput={(event) => setPace(event.currentTarget.value)}
          />
        </label>
        <label>
          {backfillTexts.since}
          <input
            type="text"
            value={since}
            placeholder={backfillTexts.sinceSample}
            onInput={(event) => setSince(event.currentTarget.value)}
          />
        </label>
        <label>
          {backfillTexts.by}
          <input type="text" value={by} onInput={(event) => setBy(event.currentTarget.value)} />
        </label>
        <button type="button" onClick={() => void runBackfill(trigger, { ...options, dryRun: true })}>
          {backfillTexts.count}
        </button>
        <button type="submit">{backfillTexts.start}</button>
      </form>
      {value && <p class="muted">{backfillTexts.rows(value.rows, value.rows / pace / 60)}</p>}
      {isAsked && (
        <Confirm
          title={backfillTexts.startTitle(trigger)}
          consequence={backfillTexts.consequence(rows ?? '', pace)}
          action={backfillTexts.start}
          confirm={() => void runBackfill(trigger, options)}
          close={() => setAsked(false)}
        />
      )}
    </>
  );
}

const sameRows = (a: BackfillOptions, b: BackfillOptions) => a.since === b.since && a.by === b.by;

function Progress({ state }: { readonly state: BackfillState }) {
  const { trigger, options, progress, status, error } = state;
  const isRunning = status === 'running' || status === 'stopping';
  return (
    <>
      <ErrorBanner error={error} />
      <p role="status">
        {textOf(state)}
        {progress && backfillTexts.leftOut(progress.skipped)}
      </p>
      {isRunning && <progress aria-label={backfillTexts.progress} />}
      <div class="actions">
        {isRunning && (
          <button type="button" onClick={stopBackfill} aria-disabled={status === 'stopping'}>
            {status === 'stopping' ? backfillTexts.stopping : backfillTexts.stop}
          </button>
        )}
        {status === 'stopped' && (
          <>
            <button type="button" onClick={() => void runBackfill(trigger, options, progress)}>
              {backfillTexts.continue}
            </button>
            <button type="button" onClick={discardBackfill}>
              {backfillTexts.discard}
            </button>
          </>
        )}
      </div>
    </>
  );
}

function textOf({ trigger, options: { dryRun }, progress, status }: BackfillState): string {
  const sent = progress?.sent ?? 0;
  if (status === 'done') return (dryRun ? backfillTexts.countDone : backfillTexts.done)(trigger, sent);
  if (status === 'stopped') return (dryRun ? backfillTexts.countStopped : backfillTexts.stopped)(trigger, sent);
  return (dryRun ? backfillTexts.counting : backfillTexts.running)(trigger, sent);
}
