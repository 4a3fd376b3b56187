import { useState } from 'preact/hooks';
import { canCoalesce, settingsRejection } from '../../../core/trigger-settings.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { limitTexts } from '../texts/settings.ts';

interface Props {
  readonly status: Pick<TriggerStatus, 'trigger' | 'maxPerSecond' | 'coalesce'>;
  readonly reload: () => Promise<void>;
}

/** A trigger's limit of calls per second, and the merging of its pending edits. */
export function Limits({ status: { trigger, maxPerSecond, coalesce }, reload }: Props) {
  const [entered, setEntered] = useState(maxPerSecond === null ? '' : String(maxPerSecond));
  const [isOn, setOn] = useState(coalesce);
  const [message, setMessage] = useState('');
  const run = async (change: () => Promise<unknown>, success: string) => {
    try {
      await change();
      setMessage(success);
      await reload();
    } catch (caught) {
      setMessage(messageOf(caught));
    }
  };
  const saveLimit = () => {
    const limit = entered.trim() === '' ? null : Number(entered);
    const rejected = settingsRejection(trigger, { maxPerSecond: limit, coalesce: undefined });
    if (rejected !== undefined) return setMessage(rejected);
    const change = () => request('PUT /triggers/{trigger}/limit', { trigger, body: { maxPerSecond: limit } });
    void run(change, limitTexts.limited(limit));
  };
  const saveCoalesce = (isWanted: boolean) => {
    setOn(isWanted);
    const change = () =>
      request('PUT /triggers/{trigger}/coalesce', { trigger, body: { coalesce: isWanted } }).catch((caught) => {
        setOn(!isWanted);
        throw caught;
      });
    void run(change, limitTexts.merging(isWanted));
  };
  return (
    <>
      <h3>{limitTexts.title}</h3>
      <form
        class="filters"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          saveLimit();
        }}
      >
        <label>
          {limitTexts.limit}
          <input
            type="text"
            inputMode="decimal"
            placeholder={limitTexts.noLimit}
            aria-describedby="limit-help"
            value={entered}
            onInput={(event) => setEntered(event.currentTarget.value)}
            autoComplete="off"
          />
        </label>
        <button type="submit">{limitTexts.save}</button>
      </form>
      <p class="muted" id="limit-help">
        {limitTexts.limitHelp}
      </p>
      {canCoalesce(trigger) ? (
        <>
          <label>
            <input
              type="checkbox"
              checked={isOn}
              aria-describedby="coalesce-help"
              onChange={(event) => saveCoalesce(event.currentTarget.checked)}
            />{' '}
            {limitTexts.coalesce}
          </label>
          <p class="muted" id="coalesce-help">
            {limitTexts.coalesceHelp}
          </p>
        </>
      ) : (
        <p class="muted">{limitTexts.editsOnly}</p>
      )}
      <p role="status" class="note">
        {message}
      </p>
    </>
  );
}
