import { useState } from 'preact/hooks';
import type { TriggerStatus, UrlRules } from '../../api/trigger-routes.ts';
import { ApiError, messageOf, request } from '../shared/api.ts';
import { useDebounced } from '../shared/load.ts';
import { urlTexts } from '../texts/triggers.ts';
import { type Draft, draftOf, storeDraft } from './drafts.ts';
import { type Preview, preview } from './preview.ts';

/** An error is shown after the input has not changed for this time. */
const DEBOUNCE_MS = 600;

interface Notice {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

interface UrlEntry {
  readonly text: string;
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  /** Someone else changed the URL since the admin began to enter this one. */
  readonly isConflict: boolean;
  readonly notice: Notice | undefined;
  readonly preview: Preview;
  enter(text: string): void;
  discard(): void;
  /** Saves the draft. @param version The version to overwrite; by default the one that the draft began with. */
  save(version?: number): Promise<void>;
}

/** The text field of a trigger: its draft, and saving it. @param focus Moves the focus to the field. */
export function useUrlEntry(
  status: TriggerStatus,
  rules: UrlRules,
  reload: () => Promise<void>,
  focus: () => void,
): UrlEntry {
  const { trigger, url, version } = status;
  const [draft, setDraft] = useState(draftOf(trigger));
  const [isSaving, setSaving] = useState(false);
  const [message, setMessage] = useState<Notice>();
  const text = draft?.text ?? url ?? '';
  const isChanged = draft !== undefined && draft.text !== (url ?? '');
  const isStable = useDebounced(text, DEBOUNCE_MS) === text;
  const shown = preview(trigger, text.trim(), rules);

  const updateDraft = (next?: Draft) => {
    // A text that equals the saved URL is not a draft.
    const open = next?.text === (url ?? '') ? undefined : next;
    storeDraft(trigger, open);
    setDraft(open);
  };
  const fail = (text: string) => setMessage({ tone: 'bad', text });

  const save = async (expectedVersion = draft?.expectedVersion ?? version) => {
    if (!draft || isSaving) return;
    const text = draft.text.trim();
    const { rejected } = preview(trigger, text, rules);
    // The focus moves to the field, because the pressed button disappears after a success.
    focus();
    if (rejected) return fail(rejected);
    setSaving(true);
    try {
      const saved = await saveUrl(trigger, text, expectedVersion);
      await reload();
      // The admin may have changed the text while it was saved: that is the next draft.
      const later = draftOf(trigger);
      updateDraft(
        later && later.text.trim() !== text ? { text: later.text, expectedVersion: saved.version } : undefined,
      );
      setMessage({ tone: 'good', text: saved.message });
    } catch (caught) {
      // After the reload, the version differs from the draft's, so the page shows the conflict.
      if (caught instanceof ApiError && caught.current) await reload();
      else fail(messageOf(caught));
    }
    setSaving(false);
  };

  const notice = (): Notice | undefined => {
    if (message || !isChanged) return message;
    if (isStable && shown.rejected) return { tone: 'bad', text: shown.rejected };
    return text === '' && status.waiting > 0 ? { tone: 'warn', text: urlTexts.clearing(status.waiting) } : undefined;
  };
  return {
    text,
    isChanged,
    isSaving,
    isConflict: isChanged && draft.expectedVersion !== version && !isSaving,
    notice: notice(),
    preview: shown,
    enter(text) {
      updateDraft({ text, expectedVersion: draft?.expectedVersion ?? version });
      setMessage(undefined);
    },
    discard: () => updateDraft(),
    save,
  };
}

async function saveUrl(trigger: TriggerStatus['trigger'], text: string, expectedVersion: number) {
  if (text === '') {
    const { version, pending } = await request('DELETE /triggers/{trigger}/url', { trigger, expectedVersion });
    return { version, message: urlTexts.cleared(pending) };
  }
  const body = { url: text };
  const { version, url } = await request('PUT /triggers/{trigger}/url', { trigger, body, expectedVersion });
  return { version, message: url === text || url === null ? urlTexts.saved : urlTexts.savedAs(url) };
}
