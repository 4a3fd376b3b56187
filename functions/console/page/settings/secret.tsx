import { useState } from 'preact/hooks';
import type { Trigger } from '../../../core/entity.ts';
import type { SigningSecret } from '../../api/secret-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { formatTime } from '../shared/format.ts';
import { settingsTexts } from '../texts.ts';

/** Shows and replaces a signing secret. */
export function Secret({ trigger }: { readonly trigger: Trigger }) {
  const [shown, setShown] = useState<SigningSecret>();
  const [message, setMessage] = useState('');
  const load = (endpoint: `${'GET' | 'POST'} /triggers/{trigger}/secret`, success: string) => async () => {
    try {
      setShown(await request(endpoint, { trigger }));
      setMessage(success);
    } catch (caught) {
      setMessage(messageOf(caught));
    }
  };
  return (
    <>
      <h3>{settingsTexts.secret}</h3>
      <p class="muted">{settingsTexts.secretLead}</p>
      {shown && <pre class="body">{shown.secret}</pre>}
      {shown?.replaced.map(({ secret, until }) => (
        <p key={secret} class="muted">
          <code>{secret}</code> {settingsTexts.alsoSigns(formatTime(until))}
        </p>
      ))}
      <div class="actions">
        <button type="button" onClick={load('GET /triggers/{trigger}/secret', '')}>
          {settingsTexts.show}
        </button>
        <button type="button" onClick={load('POST /triggers/{trigger}/secret', settingsTexts.replaced)}>
          {settingsTexts.replace}
        </button>
      </div>
      <p role="status" class="note">
        {message}
      </p>
    </>
  );
}
