import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { appTexts } from '../texts/app.ts';

interface Props {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

let count = 0;

/** A modal dialog of the browser: it keeps the focus inside, closes with Escape, and then restores the focus. */
export function Dialog({ title, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useRef(`dialog-${++count}`).current;
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {appTexts.close}
        </button>
      </div>
      {children}
    </dialog>
  );
}
