import { useState } from 'preact/hooks';
import type { Trigger } from '../../../core/entity.ts';
import { messageOf, request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { useLoad } from '../shared/load.ts';
import { pullTokenTexts } from '../texts/settings.ts';

/** Creates and revokes the token with which a receiver reads its calls. A token is shown once, after it is created. */
export function PullToken({ trigger }: { readonly trigger: Trigger }) {
  const { value, error, reload } = useLoad(() => request('GET /triggers/{trigger}/pull-token', { trigger }), trigger);
  const [token, setToken] = useState<string>();
  const [asked, setAsked] = useState<'replace' | 'revoke'>();
  const [message, setMessage] = useState('');
  const run = (change: () => Promise<{ readonly token: string | null }>, success: string) => async () => {
    try {
      setToken((await change()).token ?? undefined);
      setMessage(success);
      await reload();
    } catch (caught) {
      setMessage(messageOf(caught));
    }
  };
  const create = run(() => request('POST /triggers/{trigger}/pull-token', { trigger }), pullTokenTexts.created);
  const revoke = run(() => request('DELETE /triggers/{trigger}/pull-token', { trigger }), pullTokenTexts.revoked);
  const close = () => setAsked(undefined);
  const exists = value?.exists ?? false;
  return (
    <>
      <h3>{pullTokenTexts.title}</h3>
      <p class="muted">{pullTokenTexts.lead}</p>
      {value && value.logged !== 'all' && <p class="conflict">{pullTokenTexts.missing[value.logged]}</p>}
      {value && token === undefined && <p class="muted">{pullTokenTexts.state(exists)}</p>}
      {token !== undefined && <pre class="body">{token}</pre>}
      <div class="actions">
        {token !== undefined && <CopyButton text={token} />}
        {value && (
          <button type="button" onClick={exists ? () => setAsked('replace') : create}>
            {exists ? pullTokenTexts.replace : pullTokenTexts.create}
          </button>
        )}
        {exists && (
          <button type="button" onClick={() => setAsked('revoke')}>
            {pullTokenTexts.revoke}
          </button>
        )}
      </div>
      <p role="status" class="note">
        {error ?? message}
      </p>
      {asked === 'replace' && (
        <Confirm
          title={pullTokenTexts.replaceTitle(trigger)}
          consequence={pullTokenTexts.replaceConsequence}
          action={pullTokenTexts.replace}
          confirm={create}
          close={close}
        />
      )}
      {asked === 'revoke' && (
        <Confirm
          title={pullTokenTexts.revokeTitle(trigger)}
          consequence={pullTokenTexts.revokeConsequence}
          action={pullTokenTexts.revoke}
          confirm={revoke}
          close={close}
        />
      )}
    </>
  );
}
