import { failedTexts } from '../texts/lists.ts';

interface Props {
  /** The numbers of the first and the last entry that are shown; the newest has 1. */
  readonly first: number;
  readonly last: number;
  readonly total: number;
  /** There can be more than `total`. */
  readonly isMinimum: boolean;
  /** Shows the page before or after; `undefined` if there is none. */
  readonly newer: (() => void) | undefined;
  readonly older: (() => void) | undefined;
}

/** Which entries are shown, of how many, and the pages before and after. */
export function Pager({ first, last, total, isMinimum, newer, older }: Props) {
  return (
    <div class="actions">
      <span role="status">{failedTexts.range(first, last, total, isMinimum)}</span>
      <button type="button" disabled={!newer} onClick={newer}>
        {failedTexts.newer}
      </button>
      <button type="button" disabled={!older} onClick={older}>
        {failedTexts.older}
      </button>
    </div>
  );
}
