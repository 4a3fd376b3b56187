import { useState } from 'preact/hooks';
import type { ShownSecret } from '../../operations/signing-secrets.ts';
import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { ask } from './api.ts';
import { Dialog } from './dialog.tsx';
import { time } from './words.ts';

interface Props {
  readonly line: TriggerStatus;
  readonly close: () => void;
  readonly reload: () => Promise<void>;
}

/** Where to see what failed of a trigger, what its calls are signed with, and the headers of its receiver's own. */
export function SettingsDialog({ line: { trigger, headers }, close, reload }: Props) {
  const [shown, setShown] = useState<ShownSecret>();
  const [said, setSaid] = useState('');
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const run = (work: () => Promise<string>) => () => work().then(setSaid, (error: Error) => setSaid(error.message));
  const secret = (method: 'GET' | 'POST', words: string) =>
    run(async () => {
      setShown(await ask<ShownSecret>(method, `/triggers/${trigger}/secret`));
      return words;
    });
  const header = (method: 'PUT' | 'DELETE', name: string, body?: { value: string }) =>
    run(async () => {
      await ask(method, `/triggers/${trigger}/headers/${encodeURIComponent(name)}`, body);
      await reload();
      setName('');
      setValue('');
      return method === 'PUT'
        ? `${name} is sent with each call; its value is not shown again.`
        : `${name} is sent no more.`;
    });
  return (
    <Dialog title={trigger} close={close}>
      <p>
        <a href={`#failed?trigger=${trigger}`}>What failed of it</a>
      </p>
      <h3>Signing secret</h3>
      <p class="muted">With it the receiver verifies that a call comes from here.</p>
      {shown && <pre class="body">{shown.secret}</pre>}
      {shown?.replaced.map(({ secret, until }) => (
        <p key={secret} class="muted">
          <code>{secret}</code> signs too until {time(until)}
        </p>
      ))}
      <div class="actions">
        <button type="button" onClick={secret('GET', '')}>
          Show
        </button>
        <button type="button" onClick={secret('POST', 'A new secret signs; the old one signs too for 24 hours.')}>
          Replace
        </button>
      </div>
      <h3>Headers sent with each call</h3>
      {headers.length === 0 && <p class="muted">None.</p>}
      <ul class="plain">
        {headers.map((header_) => (
          <li key={header_}>
            <code>{header_}</code>{' '}
            <button type="button" onClick={header('DELETE', header_)}>
              Remove<span class="hidden"> {header_}</span>
            </button>
          </li>
        ))}
      </ul>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void header('PUT', name, { value })();
        }}
      >
        <label>
          Name
          <input type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} autoComplete="off" />
        </label>
        <label>
          Value
          <input
            type="password"
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
            autoComplete="off"
          />
        </label>
        <button type="submit">Send it</button>
      </form>
      <p role="status" class="note">
        {said}
      </p>
    </Dialog>
  );
}
