import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ClientCertificate } from './client-certificate.tsx';
import { CustomHeaders } from './custom-headers.tsx';
import { Limits } from './limits.tsx';
import { OAuthClient } from './oauth-client.tsx';
import { PullToken } from './pull-token.tsx';
import { Secret } from './secret.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

/** A trigger's signing secret, custom headers, OAuth client, client certificate, limit, merging and pull token. */
export function SettingsDialog({ status, close, reload }: Props) {
  const { trigger, headers } = status;
  return (
    <Dialog title={trigger} close={close}>
      <Secret trigger={trigger} />
      <CustomHeaders trigger={trigger} headers={headers} reload={reload} />
      <OAuthClient status={status} reload={reload} />
      <ClientCertificate status={status} reload={reload} />
      <Limits status={status} reload={reload} />
      <PullToken trigger={trigger} />
    </Dialog>
  );
}
