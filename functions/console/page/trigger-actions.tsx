import { useState } from 'preact/hooks';
import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { ask } from './api.ts';
import { SettingsDialog } from './settings-dialog.tsx';

interface TestAnswer {
  readonly delivered: boolean;
  readonly response: string;
  readonly milliseconds: number;
  readonly body: string;
}

interface Props {
  readonly line: TriggerStatus;
  readonly reload: () => Promise<void>;
}

/** Try it, pause or resume it, and what else belongs to one trigger. */
export function TriggerActions({ line, reload }: Props) {
  const { trigger, url, state } = line;
  const [busy, setBusy] = useState<'test' | 'pause'>();
  const [tested, setTested] = useState<TestAnswer>();
  const [error, setError] = useState<string>();
  const [settings, setSettings] = useState(false);

  const run = (what: 'test' | 'pause', work: () => Promise<unknown>) => async () => {
    if (busy) return;
    setBusy(what);
    setTested(undefined);
    setError(undefined);
    await work().catch((caught: Error) => setError(caught.message));
    setBusy(undefined);
  };
  const test = run('test', async () => setTested(await ask<TestAnswer>('POST', `/triggers/${trigger}/test`)));
  const turn = state === 'paused' ? 'resume' : 'pause';
  const pause = run('pause', async () => {
    await ask('POST', `/triggers/${trigger}/${turn}`);
    await reload();
  });
  // A button that is disabled loses the focus: one that only waits is reported to be so, and does nothing.
  return (
    <>
      <div class="actions">
        <button type="button" onClick={test} aria-disabled={busy !== undefined} disabled={url === null}>
          {busy === 'test' ? 'Testing …' : 'Test'}
          <span class="hidden"> {trigger}</span>
        </button>
        <button type="button" onClick={pause} aria-disabled={busy !== undefined} disabled={url === null}>
          {turn === 'pause' ? 'Pause' : 'Resume'}
          <span class="hidden"> {trigger}</span>
        </button>
        <button type="button" onClick={() => setSettings(true)}>
          More<span class="hidden"> about {trigger}</span>
        </button>
        <a href={`#log?trigger=${trigger}`}>
          Log<span class="hidden"> of {trigger}</span>
        </a>
      </div>
      <div role="status" class="tested">
        {error && <p class="note bad">{error}</p>}
        {tested && (
          <p class={`note ${tested.delivered ? 'good' : 'bad'}`}>
            {tested.delivered ? 'Delivered' : 'Not delivered'}: {tested.response} after {tested.milliseconds} ms
          </p>
        )}
        {tested?.body && <pre class="body">{tested.body.slice(0, 500)}</pre>}
      </div>
      {settings && <SettingsDialog line={line} close={() => setSettings(false)} reload={reload} />}
    </>
  );
}
