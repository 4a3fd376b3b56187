import { useState } from 'preact/hooks';
import { tableTexts } from '../texts/lists.ts';
import { ApiError } from './api.ts';

interface Props {
  /** The text, or a function that loads it. */
  readonly text: string | (() => Promise<string>);
}

/** Copies a text to the clipboard. */
export function CopyButton({ text }: Props) {
  const [message, setMessage] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setMessage(tableTexts.copied);
    } catch (caught) {
      setMessage(caught instanceof ApiError ? caught.message : tableTexts.notCopied);
    }
  };
  return (
    <>
      <button type="button" onClick={copy}>
        {tableTexts.copy}
      </button>
      <span role="status" class="muted">
        {message}
      </span>
    </>
  );
}
