import { appTexts } from '../texts/app.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly title: string;
  /** What happens after the confirmation. */
  readonly consequence: string;
  /** The action, as the text of the button. */
  readonly action: string;
  readonly confirm: () => void;
  readonly close: () => void;
}

/** Asks before an action that can break a receiver. */
export function Confirm({ title, consequence, action, confirm, close }: Props) {
  return (
    <Dialog title={title} close={close}>
      <p>{consequence}</p>
      <div class="actions">
        <button
          type="button"
          class="danger"
          onClick={() => {
            close();
            confirm();
          }}
        >
          {action}
        </button>
        <button type="button" onClick={close}>
          {appTexts.cancel}
        </button>
      </div>
    </Dialog>
  );
}
