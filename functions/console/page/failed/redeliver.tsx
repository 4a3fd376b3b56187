import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ApiRequest } from '../../api/contract.ts';
import type { Redelivery } from '../../api/failed-routes.ts';
import { messageOf, request } from '../shared/api.ts';
import { appTexts } from '../texts/app.ts';
import { redeliverTexts } from '../texts/lists.ts';
import { accepted, rejections, summary } from './redelivery-texts.ts';

type Selection = Omit<ApiRequest<'POST /redeliver'>['body'], 'confirmed'>;

/** The API accepts this many IDs. */
const MAX_IDS = 1000;

interface Props {
  readonly selection: Selection;
  readonly label: string;
  /** Nothing is selected. */
  readonly isDisabled?: boolean;
  readonly done: () => Promise<void>;
}

/** Sends notifications again in two steps: the first shows which ones would be sent, the second sends them. */
export function Redeliver({ selection, label, isDisabled = false, done }: Props) {
  const [plan, setPlan] = useState<Redelivery>();
  const [planned, setPlanned] = useState(selection);
  const [message, setMessage] = useState('');
  const container = useRef<HTMLDivElement>(null);
  const hadPlan = useRef(false);
  useLayoutEffect(() => {
    // The pressed button no longer exists, so the focus moves to the next step, or back to the container.
    if (plan) container.current?.querySelector('button')?.focus();
    else if (hadPlan.current) container.current?.focus();
    hadPlan.current = plan !== undefined;
  }, [plan]);
  const send = async (chosen: Selection, confirmed: boolean) => {
    try {
      const redelivery = await request('POST /redeliver', { body: { ...chosen, confirmed } });
      setMessage(confirmed ? summary(redelivery) : rejections(redelivery));
      setPlan(confirmed || accepted(redelivery).length === 0 ? undefined : redelivery);
      // The confirmation sends what was shown, although the filters may change and more may fail meanwhile.
      const ids = redelivery.chosen.map(({ id }) => id);
      setPlanned(ids.length <= MAX_IDS ? { ids } : chosen);
      if (confirmed) await done();
    } catch (caught) {
      setMessage(messageOf(caught));
      setPlan(undefined);
    }
  };
  return (
    <div class="redeliver" ref={container} tabIndex={-1}>
      {plan ? (
        <Confirmation plan={plan} send={() => void send(planned, true)} cancel={() => setPlan(undefined)} />
      ) : (
        <button type="button" disabled={isDisabled} onClick={() => void send(selection, false)}>
          {label}
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
        {appTexts.cancel}
      </button>
    </div>
  );
}
