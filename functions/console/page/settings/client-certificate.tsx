import { useState } from 'preact/hooks';
import { expiresSoon } from '../../../core/certificate-expiry.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { formatFull } from '../shared/format.ts';
import { certificateTexts } from '../texts/credentials.ts';
import { useChange } from './use-change.ts';

interface Props {
  readonly status: Pick<TriggerStatus, 'trigger' | 'certificate'>;
  readonly reload: () => Promise<void>;
}

/** The certificate that the calls present. Its private key is never shown. */
export function ClientCertificate({ status: { trigger, certificate }, reload }: Props) {
  const [pem, setPem] = useState('');
  const [isRemoving, setRemoving] = useState(false);
  const { message, run } = useChange(reload);
  const set = async () => {
    const isSet = await run(
      () => request('PUT /triggers/{trigger}/certificate', { trigger, body: { pem } }),
      certificateTexts.saved,
    );
    if (isSet) setPem('');
  };
  return (
    <>
      <h3>{certificateTexts.title}</h3>
      <p class="muted">{certificateTexts.lead}</p>
      {certificate ? (
        <ul class="plain">
          <li>{certificateTexts.subject(certificate.subject)}</li>
          <li>{certificateTexts.issuer(certificate.issuer)}</li>
          <li>
            {(expiresSoon(certificate.expiresAt, Date.now()) ? certificateTexts.expiresSoon : certificateTexts.expires)(
              formatFull(certificate.expiresAt),
            )}
          </li>
        </ul>
      ) : (
        <p>{certificateTexts.none}</p>
      )}
      {certificate && (
        <div class="actions">
          <button type="button" onClick={() => setRemoving(true)}>
            {certificateTexts.remove}
          </button>
        </div>
      )}
      {isRemoving && (
        <Confirm
          title={certificateTexts.removeTitle(trigger)}
          consequence={certificateTexts.removeConsequence}
          action={certificateTexts.remove}
          confirm={() =>
            void run(() => request('DELETE /triggers/{trigger}/certificate', { trigger }), certificateTexts.removed)
          }
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
        <label>
          {certificateTexts.pem}
          <textarea
            value={pem}
            onInput={(event) => setPem(event.currentTarget.value)}
            placeholder={certificateTexts.placeholder}
            rows={4}
            autoComplete="off"
            spellcheck={false}
          />
        </label>
        <button type="submit">{certificate ? certificateTexts.replace : certificateTexts.set}</button>
      </form>
      <p role="status" class="note">
        {message}
      </p>
    </>
  );
}
