import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Redelivery } from '../../api/failed-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { redeliverTexts } from '../texts.ts';
import { accepted, rejections, summary } from './redelivery-texts.ts';

interface Props {
  readonly ids: readonly string[];
  readonly done: () => Promise<void>;
}

/** Sends notifications again in two steps: the first shows which ones would be sent, the second sends them. */
export function Redeliver({ ids, done }: Props) {
  const [plan, setPlan] = useState<Redelivery>();
  const [message, setMessage] = useState('');
  const container = useRef<HTMLDivElement>(null);
  const hadPlan = useRef(false);
  useLayoutEffect(() => {
    // The pressed button no longer exists, so the focus moves to the next step, or back to the container.
    if (plan) container.current?.querySelector('button')?.focus();
    else if (hadPlan.current) container.current?.focus();
    hadPlan.current = plan !== undefined;
  }, [plan]);
  const send = (confirmed: boolean) => async () => {
    try {
      const redelivery = await request('POST /redeliver', { body: { ids: [...ids], confirmed } });
      setMessage(confirmed ? summary(redelivery) : rejections(redelivery));
      setPlan(confirmed || accepted(redelivery).length === 0 ? undefined : redelivery);
      if (confirmed) await done();
    } catch (caught) {
      setMessage(messageOf(caught));
      setPlan(undefined);
    }
  };
  return (
    <div class="redeliver" ref={container} tabIndex={-1}>
      {plan ? (
        <Confirmation plan={plan} send={send(true)} cancel={() => setPlan(undefined)} />
      ) : (
        <button type="button" class="primary" disabled={ids.length === 0} onClick={send(false)}>
          {redeliverTexts.redeliverCount(ids.length)}
        </button>
      )}
      <p role="status" class="note">
        {message}
      </p>
    </div>
  );
}

interface ConfirmationProps {
  readonly plan: Redelivery;
  readonly send: () => void;
  readonly cancel: () => void;
}

function Confirmation({ plan, send, cancel }: ConfirmationProps) {
  const ready = accepted(plan);
  const triggers = [...new Set(ready.map(({ trigger }) => trigger))];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame.
    <div class="actions" role="group" aria-label={redeliverTexts.redeliver}>
      <span>{redeliverTexts.confirm(ready.length, triggers)}</span>
      <button type="button" class="primary" onClick={send}>
        {redeliverTexts.send}
      </button>
      <button type="button" onClick={cancel}>
        {redeliverTexts.cancel}
      </button>
    </div>
  );
}
