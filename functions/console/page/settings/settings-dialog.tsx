import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { Dialog } from '../shared/dialog.tsx';
import { CustomHeaders } from './custom-headers.tsx';
import { Secret } from './secret.tsx';

interface Props {
  readonly status: TriggerStatus;
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

/** A trigger's signing secret and its custom headers. */
export function SettingsDialog({ status: { trigger, headers }, close, reload }: Props) {
  return (
    <Dialog title={trigger} close={close}>
      <Secret trigger={trigger} />
      <CustomHeaders trigger={trigger} headers={headers} reload={reload} />
    </Dialog>
  );
}
