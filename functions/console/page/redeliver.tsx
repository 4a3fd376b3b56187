import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.ts';

interface Props {
  readonly ids: readonly string[];
  readonly done: () => Promise<void>;
}

interface Response {
  readonly chosen: readonly { readonly id: string; readonly trigger: string; readonly rejected?: string }[];
}

/** Sends again what was chosen, after a second press: what the first one shows is what would be sent. */
export function Redeliver({ ids, done }: Props) {
  const [sure, setSure] = useState<Response>();
  const [said, setSaid] = useState('');
  const place = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    // The button that was pressed is gone: the focus goes where the next step is, and then back.
    if (sure) place.current?.querySelector('button')?.focus();
    else if (asked.current) place.current?.focus();
    asked.current = sure !== undefined;
  }, [sure]);
  const ready = sure?.chosen.filter(({ rejected }) => rejected === undefined) ?? [];
  const send = (confirmed: boolean) => async () => {
    try {
      const response = await ask<Response>('POST', '/redeliver', { ids, confirmed });
      if (!confirmed) {
        setSaid(rejections(response).join(' '));
        return setSure(response.chosen.every(({ rejected }) => rejected !== undefined) ? undefined : response);
      }
      setSaid(summary(response));
      setSure(undefined);
      await done();
    } catch (caught) {
      setSaid((caught as Error).message);
      setSure(undefined);
    }
  };
  return (
    <div class="redeliver" ref={place} tabIndex={-1}>
      {!sure && (
        <button type="button" class="primary" disabled={ids.length === 0} onClick={send(false)}>
          Redeliver {ids.length > 0 ? ids.length : ''}
        </button>
      )}
      {sure && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would frame it.
        <div class="actions" role="group" aria-label="Redeliver">
          <span>
            {ready.length} will be sent again, to {[...new Set(ready.map(({ trigger }) => trigger))].join(', ')}.
          </span>
          <button type="button" class="primary" onClick={send(true)}>
            Send
          </button>
          <button type="button" onClick={() => setSure(undefined)}>
            Cancel
          </button>
        </div>
      )}
      <p role="status" class="note">
        {said}
      </p>
    </div>
  );
}

function summary(response: Response): string {
  const sent = response.chosen.filter(({ rejected }) => rejected === undefined).length;
  return [`${sent} of ${response.chosen.length} sent again.`, ...rejections(response)].join(' ');
}

/** Why some are not sent, each reason once. */
function rejections({ chosen }: Response): string[] {
  const rejected = chosen.filter(({ rejected }) => rejected !== undefined);
  return [...Map.groupBy(rejected, ({ rejected }) => rejected)].map(
    ([because, of]) => `${of.length === 1 ? of[0]?.id : `${of.length} notifications`}: not sent, ${because}.`,
  );
}
