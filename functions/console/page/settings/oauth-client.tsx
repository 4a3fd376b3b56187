import type { TargetedInputEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { oauthTexts } from '../texts/credentials.ts';
import { useChange } from './use-change.ts';

interface Props {
  readonly status: Pick<TriggerStatus, 'trigger' | 'oauth'>;
  readonly reload: () => Promise<void>;
}

const empty = { tokenUrl: '', clientId: '', clientSecret: '', scope: '', audience: '' };

const textFields = ['tokenUrl', 'clientId', 'scope', 'audience'] as const;

/** The client that gets access tokens for the calls. Its secret is never shown. */
export function OAuthClient({ status: { trigger, oauth }, reload }: Props) {
  const [client, setClient] = useState(empty);
  const [isRemoving, setRemoving] = useState(false);
  const { message, run } = useChange(reload);
  const set = async () => {
    const isSet = await run(
      () => request('PUT /triggers/{trigger}/oauth', { trigger, body: client }),
      oauthTexts.saved,
    );
    if (isSet) setClient(empty);
  };
  const inputOf = (field: keyof typeof empty) => ({
    value: client[field],
    onInput: ({ currentTarget: { value } }: TargetedInputEvent<HTMLInputElement>) =>
      setClient((now) => ({ ...now, [field]: value })),
    autoComplete: 'off',
  });
  const details = oauth ? oauthTexts.details(oauth.scope, oauth.audience) : '';
  return (
    <>
      <h3>{oauthTexts.title}</h3>
      <p class="muted">{oauthTexts.lead}</p>
      <p>{oauth ? oauthTexts.shown(oauth.clientId, oauth.tokenUrl) : oauthTexts.none}</p>
      {details !== '' && <p class="muted">{details}</p>}
      {oauth && (
        <div class="actions">
          <button type="button" onClick={() => setRemoving(true)}>
            {oauthTexts.remove}
          </button>
        </div>
      )}
      {isRemoving && (
        <Confirm
          title={oauthTexts.removeTitle(trigger)}
          consequence={oauthTexts.removeConsequence}
          action={oauthTexts.remove}
          confirm={() => void run(() => request('DELETE /triggers/{trigger}/oauth', { trigger }), oauthTexts.removed)}
          close={() => setRemoving(false)}
        />
      )}
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        {textFields.map((field) => (
          <label key={field}>
            {oauthTexts[field]}
            <input type="text" {...inputOf(field)} />
          </label>
        ))}
        <label>
          {oauthTexts.clientSecret}
          <input type="password" {...inputOf('clientSecret')} />
        </label>
        <button type="submit">{oauth ? oauthTexts.replace : oauthTexts.set}</button>
      </form>
      <p role="status" class="note">
        {message}
      </p>
    </>
  );
}
