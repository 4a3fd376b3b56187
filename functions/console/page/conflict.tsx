import type { Kept } from './api.ts';

interface Props {
  readonly current: Kept;
  readonly takeTheirs: () => void;
  readonly keepMine: () => void;
}

/** Another admin has changed the URL that is being edited. The admin chooses one of the two. */
export function Conflict({ current, takeTheirs, keepMine }: Props) {
  return (
    <div class="conflict" role="alert">
      <p>
        Somebody else changed this in the meantime. It is now{' '}
        {current.url === null ? <b>empty</b> : <code>{current.url}</code>}
      </p>
      <button type="button" onClick={takeTheirs}>
        Take theirs
      </button>
      <button type="button" onClick={keepMine}>
        Save mine over it
      </button>
    </div>
  );
}
