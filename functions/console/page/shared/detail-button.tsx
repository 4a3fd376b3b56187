import { tableTexts } from '../texts/lists.ts';

interface Props {
  readonly id: string;
  readonly open: () => void;
}

export function DetailButton({ id, open }: Props) {
  return (
    <button type="button" onClick={open}>
      {tableTexts.detail}
      <span class="hidden"> {tableTexts.detailOf(id)}</span>
    </button>
  );
}
