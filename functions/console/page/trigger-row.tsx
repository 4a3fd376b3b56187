import { useRef, useState } from 'preact/hooks';
import { capital } from '../../core/capital.ts';
import type { UrlPolicy } from '../../core/url-policy.ts';
import { clearedText } from '../../operations/pending.ts';
import type { Written } from '../../operations/set-url.ts';
import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { type ApiError, ask, type Kept } from './api.ts';
import { Conflict } from './conflict.tsx';
import { type Draft, draftOf, keepDraft } from './drafts.ts';
import { LastDay } from './last-day.tsx';
import { useRested } from './load.ts';
import { preview } from './preview.ts';
import { State } from './state-mark.tsx';
import { TriggerActions } from './trigger-actions.tsx';
import { actionOf } from './words.ts';

/** A complaint waits until the input rests. */
const REST_MS = 600;

interface Props {
  readonly line: TriggerStatus;
  readonly day: Parameters<typeof LastDay>[0]['day'];
  readonly rules: UrlPolicy;
  readonly reload: () => Promise<void>;
}

interface Said {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

/**
 * One text entry. What is set is written with Enter or Save, and never by merely leaving the field: half a URL would be
 * called really.
 */
export function TriggerRow({ line, day, rules, reload }: Props) {
  const { trigger, url, version } = line;
  const [draft, setShownDraft] = useState(draftOf(trigger));
  const [saving, setSaving] = useState(false);
  const [said, setSaid] = useState<Said>();
  const setDraft = (draft?: Draft) => {
    // What is set back to what is kept is no draft any more.
    const open = draft?.text === (url ?? '') ? undefined : draft;
    keepDraft(trigger, open);
    setShownDraft(open);
  };
  const field = useRef<HTMLInputElement>(null);
  const text = draft?.text ?? url ?? '';
  const changed = draft !== undefined && draft.text !== (url ?? '');
  const rested = useRested(text, REST_MS);
  const { head, tail, rejected } = preview(trigger, text.trim(), rules);
  const complaint = changed && rested === text ? rejected : undefined;
  const overtaken = changed && draft.seen !== version && !saving ? { url, version } : undefined;

  const save = async (text: string, seen: number) => {
    const wrong = preview(trigger, text, rules).rejected;
    if (wrong) {
      setSaid({ tone: 'bad', text: wrong });
      field.current?.focus();
      return;
    }
    setSaving(true);
    // The button that was pressed is about to go.
    field.current?.focus();
    try {
      const path = `/triggers/${trigger}/url`;
      const kept =
        text === ''
          ? await ask<Written>('DELETE', path, undefined, seen)
          : await ask<Kept>('PUT', path, { url: text }, seen);
      await reload();
      // What was set on while it was being saved is the next draft.
      const now = draftOf(trigger);
      setDraft(now && now.text.trim() !== text ? { text: now.text, seen: kept.version } : undefined);
      setSaid({ tone: 'good', text: savedAs(text, kept) });
    } catch (caught) {
      // An old look: the conflict is shown as soon as what is there now is read.
      if ((caught as ApiError).current) await reload();
      else setSaid({ tone: 'bad', text: (caught as Error).message });
    }
    setSaving(false);
  };

  const type = (text: string) => {
    setDraft({ text, seen: draft?.seen ?? version });
    setSaid(undefined);
  };
  const clearing =
    changed && text === '' && line.waiting > 0 ? `If you clear it: ${clearedText(line.waiting)}` : undefined;
  const note = said ?? noteOf(complaint, 'bad') ?? noteOf(clearing, 'warn');
  const id = trigger.replace('.', '-');
  const action = capital(actionOf(trigger));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid everywhere.
    <div class={`row${changed ? ' changed' : ''}`} role="group" aria-label={trigger}>
      <label for={id}>
        {action}
        <span class="hidden"> {trigger.split('.')[0]}: URL</span>
      </label>
      <form
        class="entry"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (draft && !saving) void save(draft.text.trim(), draft.seen);
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
            placeholder="https://example.com/hook"
            value={text}
            aria-describedby={`${id}-sent ${id}-note`}
            aria-invalid={note?.tone === 'bad' ? 'true' : undefined}
            onInput={(event) => type(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && setDraft()}
          />
          {changed && (
            <button type="submit" class="primary" aria-disabled={saving}>
              {saving ? 'Saving …' : text === '' ? 'Clear' : 'Save'}
            </button>
          )}
        </div>
        <p class="sent" id={`${id}-sent`}>
          <span class="hidden">Is called with </span>
          <code>
            {head}
            <b>{tail}</b>
          </code>
        </p>
        <p class={`note ${note?.tone ?? ''}`} id={`${id}-note`} role="status">
          {note?.text}
        </p>
        {overtaken && (
          <Conflict
            current={overtaken}
            takeTheirs={() => {
              setDraft();
              field.current?.focus();
            }}
            keepMine={() => void save(draft?.text.trim() ?? '', overtaken.version)}
          />
        )}
      </form>
      <div class="doing">
        <State line={line} />
        <LastDay day={day} />
        <TriggerActions line={line} reload={reload} />
      </div>
    </div>
  );
}

function noteOf(text: string | undefined, tone: Said['tone']): Said | undefined {
  return text === undefined ? undefined : { tone, text };
}

function savedAs(entered: string, { url, pending = 0 }: Kept & Partial<Pick<Written, 'pending'>>): string {
  if (url === null) return `Cleared. ${clearedText(pending)}`;
  return url === entered ? 'Saved.' : `Saved, written as ${url}.`;
}
