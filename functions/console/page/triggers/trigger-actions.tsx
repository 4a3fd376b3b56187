import { useState } from 'preact/hooks';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { SettingsDialog } from '../settings/settings-dialog.tsx';
import { messageOf, request } from '../shared/api.ts';
import { mayChange } from '../shared/role.ts';
import { actionTexts } from '../texts/triggers.ts';
import { type Tested, TestNote } from './test-note.tsx';

type Action = 'test' | 'pause' | 'resume' | 'try-now';

interface Props {
  readonly status: TriggerStatus;
  /** The time of the latest call, in epoch milliseconds. */
  readonly latest: number | undefined;
  readonly reload: () => Promise<void>;
}

/** Test, pause, resume or try a trigger, and open its settings, its log and its failed notifications. */
export function TriggerActions({ status, latest, reload }: Props) {
  const { trigger, url, state } = status;
  const [busy, setBusy] = useState<Action>();
  const [tested, setTested] = useState<Tested>();
  const [error, setError] = useState<string>();
  const [isOpen, setOpen] = useState(false);

  const run = (action: Action) => async () => {
    if (busy) return;
    setBusy(action);
    setTested(undefined);
    setError(undefined);
    try {
      if (action === 'test')
        setTested({ result: await request('POST /triggers/{trigger}/test', { trigger }), at: Date.now() });
      else await request(`POST /triggers/{trigger}/${action}`, { trigger });
      await reload();
    } catch (caught) {
      setError(messageOf(caught));
    }
    setBusy(undefined);
  };
  const toggle = state === 'paused' ? 'resume' : 'pause';
  const actions: readonly Action[] = state === 'parked' ? ['try-now', 'test', toggle] : ['test', toggle];
  const texts = {
    test: busy === 'test' ? actionTexts.testing : actionTexts.test,
    pause: actionTexts.pause,
    resume: actionTexts.resume,
    'try-now': actionTexts.tryNow,
  };
  // A disabled button loses the focus. A busy button therefore has only aria-disabled, and a press does nothing.
  return (
    <>
      <div class="actions">
        {actions.map((action) => (
          <button
            key={action === toggle ? 'toggle' : action}
            type="button"
            onClick={run(action)}
            aria-disabled={busy !== undefined}
            disabled={url === null || !mayChange()}
          >
            {texts[action]}
            <span class="hidden"> {trigger}</span>
          </button>
        ))}
        <button type="button" onClick={() => setOpen(true)} disabled={!mayChange()}>
          {actionTexts.settings}
          <span class="hidden"> {actionTexts.detailsOf(trigger)}</span>
        </button>
        <a href={`#log?trigger=${trigger}`}>
          {actionTexts.log}
          <span class="hidden"> {actionTexts.detailsOf(trigger)}</span>
        </a>
        <a href={`#failed?trigger=${trigger}`}>
          {actionTexts.failed}
          <span class="hidden"> {actionTexts.detailsOf(trigger)}</span>
        </a>
        {mayChange() && !trigger.endsWith('.delete') && (
          <a href={`#operations?backfill=${trigger}`}>
            {actionTexts.backfill}
            <span class="hidden"> {actionTexts.detailsOf(trigger)}</span>
          </a>
        )}
      </div>
      <TestNote tested={tested} latest={latest} error={error} />
      {isOpen && <SettingsDialog status={status} close={() => setOpen(false)} reload={reload} />}
    </>
  );
}
