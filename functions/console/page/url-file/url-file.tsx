import { useState } from 'preact/hooks';
import { messageOf, request } from '../shared/api.ts';
import { mayChange } from '../shared/role.ts';
import { urlFileTexts } from '../texts/settings.ts';
import { ImportDialog } from './import-dialog.tsx';

/** Exports all URLs and settings to a file, and imports one. */
export function UrlFile({ reload }: { readonly reload: () => Promise<void> }) {
  const [isOpen, setOpen] = useState(false);
  const [message, setMessage] = useState('');
  const save = async () => {
    try {
      download(await request('GET /export', { query: {} }));
      setMessage('');
    } catch (caught) {
      setMessage(messageOf(caught));
    }
  };
  return (
    <>
      <button type="button" onClick={save}>
        {urlFileTexts.export}
      </button>
      {mayChange() && (
        <button type="button" onClick={() => setOpen(true)}>
          {urlFileTexts.import}
        </button>
      )}
      <span role="status" class="note">
        {message}
      </span>
      {isOpen && <ImportDialog close={() => setOpen(false)} reload={reload} />}
    </>
  );
}

function download(file: object): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: 'application/json' }));
  link.download = 'crm-triggers.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
