import { useRef, useState } from 'preact/hooks';
import { clearedText } from '../../../operations/pending.ts';
import type { TriggerStatus, UrlRules } from '../../api/trigger-routes.ts';
import { Confirm } from '../shared/confirm.tsx';
import { mayChange } from '../shared/role.ts';
import { urlTexts } from '../texts/triggers.ts';
import { Conflict } from './conflict.tsx';
import { useUrlEntry } from './url-entry.ts';

interface Props {
  readonly id: string;
  readonly status: TriggerStatus;
  readonly rules: UrlRules;
  /** Whether the trigger's details are open. They show the call. */
  readonly isOpen: boolean;
  readonly reload: () => Promise<void>;
}

/** A text field for a URL. Only Enter and Save save it: leaving the field does not, because half a URL would be called. */
export function UrlForm({ id, status, rules, isOpen, reload }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const focus = () => field.current?.focus();
  const entry = useUrlEntry(status, rules, reload, focus);
  const { text, isChanged, isSaving, notice, preview } = entry;
  const [isClearing, setClearing] = useState(false);
  return (
    <form
      class="entry"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && text === '') setClearing(true);
        else void entry.save();
      }}
    >
      <div class="field">
        <input
          id={id}
          ref={field}
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          placeholder={urlTexts.placeholder}
          value={text}
          readOnly={!mayChange()}
          aria-describedby={`${id}-sent ${id}-note`}
          aria-invalid={notice?.tone === 'bad' ? 'true' : undefined}
          onInput={(event) => entry.enter(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && entry.discard()}
        />
        {isChanged && (
          <button type="submit" class="primary" aria-disabled={isSaving}>
            {isSaving ? urlTexts.saving : text === '' ? urlTexts.clear : urlTexts.save}
          </button>
        )}
      </div>
      <p class={`sent ${isChanged || isOpen ? '' : 'hidden'}`} id={`${id}-sent`}>
        <span class="hidden">{urlTexts.calledUrl}</span>
        <code>
          {preview.head}
          <b>{preview.tail}</b>
        </code>
      </p>
      <p class={`note ${notice?.tone ?? ''}`} id={`${id}-note`} role="status">
        {notice?.text}
      </p>
      {isClearing && (
        <Confirm
          title={urlTexts.clearTitle(status.trigger)}
          consequence={clearedText(status.waiting)}
          action={urlTexts.clear}
          confirm={() => void entry.save()}
          close={() => setClearing(false)}
        />
      )}
      {entry.isConflict && (
        <Conflict
          url={status.url}
          takeTheirs={() => {
            entry.discard();
            focus();
          }}
          keepMine={() => void entry.save(status.version)}
        />
      )}
    </form>
  );
}
