import { useState } from 'preact/hooks';
import { importDiff } from '../../../core/import-diff.ts';
import type { ApiResponse } from '../../api/contract.ts';
import { messageOf, request } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { urlFileTexts } from '../texts/settings.ts';

interface Props {
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

type Changes = ApiResponse<'POST /import'>['imported'];

/** A file that was checked, its changes, and the versions of the URLs that it was compared with. */
interface Planned {
  readonly file: Readonly<Record<string, unknown>>;
  readonly changes: Changes;
  readonly expectedVersion: string;
}

/** Shows the changes of a file as a diff, and makes them when the admin confirms. */
export function ImportDialog({ close, reload }: Props) {
  const [planned, setPlanned] = useState<Planned>();
  const [message, setMessage] = useState('');
  const [isBusy, setBusy] = useState(false);
  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    setMessage(await work().catch(messageOf));
    setBusy(false);
  };
  const plan = (chosen: File) =>
    run(async () => {
      setPlanned(undefined);
      const file = parsed(await chosen.text());
      if (!file) return urlFileTexts.notJson;
      const { triggers } = await request('GET /triggers', {});
      const expectedVersion = triggers.map(({ version }) => version).join('.');
      const { imported } = await request('POST /import', { body: file, query: { dryRun: 'true' }, expectedVersion });
      if (imported.length === 0) return urlFileTexts.nothing;
      setPlanned({ file, changes: imported, expectedVersion });
      return '';
    });
  const apply = ({ file, expectedVersion }: Planned) =>
    run(async () => {
      setPlanned(undefined);
      const { imported } = await request('POST /import', { body: file, query: {}, expectedVersion });
      await reload();
      return urlFileTexts.applied(imported.length);
    });
  return (
    <Dialog title={urlFileTexts.title} close={close}>
      <p class="muted">{urlFileTexts.lead}</p>
      <div class="filters">
        <label>
          {urlFileTexts.file}
          <input
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget: { files } }) => files?.[0] && void plan(files[0])}
          />
        </label>
      </div>
      {planned && <Diff changes={planned.changes} />}
      {planned && (
        <>
          <p>{urlFileTexts.consequence}</p>
          <div class="actions">
            <button type="button" class="danger" aria-disabled={isBusy} onClick={() => !isBusy && void apply(planned)}>
              {urlFileTexts.apply(planned.changes.length)}
            </button>
          </div>
        </>
      )}
      <p role="status" class="note">
        {message}
      </p>
    </Dialog>
  );
}

function Diff({ changes }: { readonly changes: Changes }) {
  return (
    <ul class="plain diff" aria-label={urlFileTexts.changes}>
      {importDiff(changes).map(({ sign, trigger, text }) => (
        <li key={`${sign} ${trigger} ${text}`}>
          <code>
            <span aria-hidden="true">{sign} </span>
            <span class="hidden">{sign === '-' ? urlFileTexts.removed : urlFileTexts.added}: </span>
            <b>{trigger}</b> {text}
          </code>
        </li>
      ))}
    </ul>
  );
}

/** Returns the object in a file; nothing if it is none. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const file: unknown = JSON.parse(text);
    return typeof file === 'object' && file !== null ? (file as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
