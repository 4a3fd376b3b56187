import { urlTexts } from '../texts/triggers.ts';

interface Props {
  /** The URL that someone else set; `null`: cleared. */
  readonly url: string | null;
  readonly takeTheirs: () => void;
  readonly keepMine: () => void;
}

/** Someone else changed the URL while the admin entered another one. Both URLs are kept until the admin chooses. */
export function Conflict({ url, takeTheirs, keepMine }: Props) {
  return (
    <div class="conflict" role="alert">
      <p>
        {urlTexts.conflict} {url === null ? <b>{urlTexts.conflictEmpty}</b> : <code>{url}</code>}
      </p>
      <button type="button" onClick={takeTheirs}>
        {urlTexts.takeTheirs}
      </button>
      <button type="button" onClick={keepMine}>
        {urlTexts.keepMine}
      </button>
    </div>
  );
}
