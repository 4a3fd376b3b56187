import { useState } from 'preact/hooks';
import type { TestResult, TriggerStatus } from '../../api/trigger-routes.ts';
import { SettingsDialog } from '../settings/settings-dialog.tsx';
import { messageOf, request } from '../shared/api.ts';
import { mayChange } from '../shared/role.ts';
import { actionTexts } from '../texts.ts';
import { TestNote } from './test-note.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly reload: () => Promise<void>;
}

/** Test, pause or resume a trigger, and open its settings and its log. */
export function TriggerActions({ status, reload }: Props) {
  const { trigger, url, state } = status;
  const [busy, setBusy] = useState<'test' | 'pause'>();
  const [result, setResult] = useState<TestResult>();
  const [error, setError] = useState<string>();
  const [isOpen, setOpen] = useState(false);

  const run = (action: 'test' | 'pause', work: () => Promise<unknown>) => async () => {
    if (busy) return;
    setBusy(action);
    setResult(undefined);
    setError(undefined);
    await work().catch((caught) => setError(messageOf(caught)));
    setBusy(undefined);
  };
  const test = run('test', async () => setResult(await request('POST /triggers/{trigger}/test', { trigger })));
  const toggle = run('pause', async () => {
    if (state === 'paused') await request('POST /triggers/{trigger}/resume', { trigger });
    else await request('POST /triggers/{trigger}/pause', { trigger });
    await reload();
  });
  // A disabled button loses the focus. A busy button therefore has only aria-disabled, and a press does nothing.
  return (
    <>
      <div class="actions">
        <button type="button" onClick={test} aria-disabled={busy !== undefined} disabled={url === null || !mayChange()}>
          {busy === 'test' ? actionTexts.testing : actionTexts.test}
          <span class="hidden"> {trigger}</span>
        </button>
        <button
          type="button"
          onClick={toggle}
          aria-disabled={busy !== undefined}
          disabled={url === null || !mayChange()}
        >
          {state === 'paused' ? actionTexts.resume : actionTexts.pause}
          <span class="hidden"> {trigger}</span>
        </button>
        <button type="button" onClick={() => setOpen(true)} disabled={!mayChange()}>
          {actionTexts.more}
          <span class="hidden"> {actionTexts.moreAbout(trigger)}</span>
        </button>
        <a href={`#log?trigger=${trigger}`}>
          {actionTexts.log}
          <span class="hidden"> {actionTexts.logOf(trigger)}</span>
        </a>
      </div>
      <TestNote result={result} error={error} />
      {isOpen && <SettingsDialog status={status} close={() => setOpen(false)} reload={reload} />}
    </>
  );
}
