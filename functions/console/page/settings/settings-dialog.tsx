import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ClientCertificate } from './client-certificate.tsx';
import { CustomHeaders } from './custom-headers.tsx';
import { OAuthClient } from './oauth-client.tsx';
import { Secret } from './secret.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

/** A trigger's signing secret, its custom headers, its OAuth client and its client certificate. */
export function SettingsDialog({ status, close, reload }: Props) {
  const { trigger, headers } = status;
  return (
    <Dialog title={trigger} close={close}>
      <Secret trigger={trigger} />
      <CustomHeaders trigger={trigger} headers={headers} reload={reload} />
      <OAuthClient status={status} reload={reload} />
      <ClientCertificate status={status} reload={reload} />
    </Dialog>
  );
}
