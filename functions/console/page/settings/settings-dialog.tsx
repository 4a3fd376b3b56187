import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { Dialog } from '../shared/dialog.tsx';
import { settingsTexts } from '../texts.ts';
import { CustomHeaders } from './custom-headers.tsx';
import { Secret } from './secret.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

/** A trigger's signing secret, its custom headers, and a link to its failed notifications. */
export function SettingsDialog({ status: { trigger, headers }, close, reload }: Props) {
  return (
    <Dialog title={trigger} close={close}>
      <p>
        <a href={`#failed?trigger=${trigger}`}>{settingsTexts.failed}</a>
      </p>
      <Secret trigger={trigger} />
      <CustomHeaders trigger={trigger} headers={headers} reload={reload} />
    </Dialog>
  );
}
