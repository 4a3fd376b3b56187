import { useState } from 'preact/hooks';
import type { Trigger } from '../../../core/entity.ts';
import { request } from '../shared/api.ts';
import { Confirm } from '../shared/confirm.tsx';
import { settingsTexts } from '../texts/triggers.ts';
import { useChange } from './use-change.ts';

interface Props {
  readonly trigger: Trigger;
  readonly headers: readonly string[];
  readonly reload: () => Promise<void>;
}

/** The headers that are sent with each call. Their values are never shown. */
export function CustomHeaders({ trigger, headers, reload }: Props) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [removing, setRemoving] = useState<string>();
  const { message, run } = useChange(reload);
  const remove = (name: string) =>
    run(
      () => request('DELETE /triggers/{trigger}/headers/{name}', { trigger, name }),
      settingsTexts.headerRemoved(name),
    );
  const set = async () => {
    const isSet = await run(
      () => request('PUT /triggers/{trigger}/headers/{name}', { trigger, name, body: { value } }),
      settingsTexts.headerSet(name),
    );
    if (!isSet) return;
    setName('');
    setValue('');
  };
  return (
    <>
      <h3>{settingsTexts.headers}</h3>
      {headers.length === 0 && <p class="muted">{settingsTexts.noHeaders}</p>}
      <ul class="plain">
        {headers.map((header) => (
          <li key={header}>
            <code>{header}</code>{' '}
            <button type="button" onClick={() => setRemoving(header)}>
              {settingsTexts.remove}
              <span class="hidden"> {header}</span>
            </button>
          </li>
        ))}
      </ul>
      {removing !== undefined && (
        <Confirm
          title={settingsTexts.removeTitle(removing, trigger)}
          consequence={settingsTexts.removeConsequence}
          action={settingsTexts.remove}
          confirm={() => void remove(removing)}
          close={() => setRemoving(undefined)}
        />
      )}
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        <label>
          {settingsTexts.name}
          <input type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} autoComplete="off" />
        </label>
        <label>
          {settingsTexts.value}
          <input
            type="password"
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
            autoComplete="off"
          />
        </label>
        <button type="submit">{settingsTexts.set}</button>
      </form>
      <p role="status" class="note">
        {message}
      </p>
    </>
  );
}
