import { useState } from 'preact/hooks';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { mayChange } from '../shared/role.ts';
import { allTexts } from '../texts/triggers.ts';

type Action = 'pause' | 'resume';

interface Props {
  readonly triggers: readonly TriggerStatus[];
  readonly reload: () => Promise<void>;
}

/** Pauses or resumes all triggers that have a URL, one after another. It stops at the first that is rejected. */
export function AllTriggers({ triggers, reload }: Props) {
  const [asked, setAsked] = useState<Action>();
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState('');
  if (!mayChange()) return null;
  const withUrl = triggers.filter(({ url }) => url !== null);
  const meant = {
    pause: withUrl.filter(({ state }) => state !== 'paused'),
    resume: withUrl.filter(({ state }) => state === 'paused'),
  };

  const run = (action: Action) => async () => {
    const all = meant[action];
    let done = 0;
    let error = '';
    setBusy(true);
    for (const { trigger } of all) {
      try {
        await request(`POST /triggers/{trigger}/${action}`, { trigger });
      } catch (caught) {
        error = `${trigger}: ${messageOf(caught)}`;
        break;
      }
      done++;
    }
    setMessage(`${allTexts[action].done(done, all.length)} ${error}`);
    await reload();
    setBusy(false);
  };

  return (
    <>
      <span role="status" class="note">
        {message}
      </span>
      {(['pause', 'resume'] as const)
        .filter((action) => meant[action].length > 0)
        .map((action) => (
          <button
            key={action}
            type="button"
            aria-disabled={isBusy}
            onClick={() => {
              if (isBusy) return;
              setMessage('');
              setAsked(action);
            }}
          >
            {allTexts[action].button}
          </button>
        ))}
      {asked && (
        <Confirm
          title={allTexts[asked].title(meant[asked].length)}
          consequence={allTexts[asked].consequence}
          action={allTexts[asked].button}
          confirm={run(asked)}
          close={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
