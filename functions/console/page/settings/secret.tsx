import { useState } from 'preact/hooks';
import type { Trigger } from '../../../core/entity.ts';
import type { SigningSecret } from '../../api/secret-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { formatFull } from '../shared/format.ts';
import { settingsTexts } from '../texts/triggers.ts';

type SecretEndpoint = `${'GET' | 'POST'} /triggers/{trigger}/secret` | 'DELETE /triggers/{trigger}/secret/replaced';

/** Shows, copies and replaces a signing secret, and expires the replaced ones. It is masked until the admin asks for it; the history records each read. */
export function Secret({ trigger }: { readonly trigger: Trigger }) {
  const [shown, setShown] = useState<SigningSecret>();
  const [asked, setAsked] = useState<'replace' | 'expire'>();
  const [message, setMessage] = useState('');
  const load = (endpoint: SecretEndpoint, success: string) => async () => {
    try {
      setShown(await request(endpoint, { trigger }));
      setMessage(success);
    } catch (caught) {
      setMessage(messageOf(caught));
    }
  };
  const hide = () => {
    setShown(undefined);
    setMessage('');
  };
  const old = shown?.replaced.length ?? 0;
  const close = () => setAsked(undefined);
  return (
    <>
      <h3>{settingsTexts.secret}</h3>
      <p class="muted">{settingsTexts.secretLead}</p>
      <pre class="body">{shown?.secret ?? settingsTexts.masked}</pre>
      {shown?.replaced.map(({ secret, until }) => (
        <p key={secret} class="muted">
          <code>{secret}</code> {settingsTexts.alsoSigns(formatFull(until))}
        </p>
      ))}
      <div class="actions">
        <button type="button" onClick={shown ? hide : load('GET /triggers/{trigger}/secret', '')}>
          {shown ? settingsTexts.hide : settingsTexts.reveal}
        </button>
        <CopyButton
          text={async () => (shown ?? (await request('GET /triggers/{trigger}/secret', { trigger }))).secret}
        />
        <button type="button" onClick={() => setAsked('replace')}>
          {settingsTexts.replace}
        </button>
        {old > 0 && (
          <button type="button" onClick={() => setAsked('expire')}>
            {settingsTexts.expire(old)}
          </button>
        )}
      </div>
      <p role="status" class="note">
        {message}
      </p>
      {asked === 'replace' && (
        <Confirm
          title={settingsTexts.replaceTitle(trigger)}
          consequence={settingsTexts.replaceConsequence}
          action={settingsTexts.replace}
          confirm={load('POST /triggers/{trigger}/secret', settingsTexts.replaced)}
          close={close}
        />
      )}
      {asked === 'expire' && (
        <Confirm
          title={settingsTexts.expireTitle(trigger)}
          consequence={settingsTexts.expireConsequence}
          action={settingsTexts.expire(old)}
          confirm={load('DELETE /triggers/{trigger}/secret/replaced', settingsTexts.expired)}
          close={close}
        />
      )}
    </>
  );
}
