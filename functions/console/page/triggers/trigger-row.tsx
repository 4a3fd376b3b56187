import { capital } from '../../../core/capital.ts';
import { entityOf } from '../../../core/entity.ts';
import type { UrlRules } from '../../api/trigger-routes.ts';
import { actionTexts, stateHelp, urlTexts } from '../texts/triggers.ts';
import { Latest, Rate } from './last-day.tsx';
import { TriggerDetails } from './trigger-details.tsx';
import { UrlForm } from './url-form.tsx';
import { detailsButtonId, type ViewedTrigger } from './viewed-trigger.ts';

/** The details of the status that fit into a line. All are in the overview, or below the row when it is open. */
const SHOWN_DETAILS = 2;

interface Props {
  readonly viewed: ViewedTrigger;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  readonly rules: UrlRules;
  readonly reload: () => Promise<void>;
}

/** A trigger in one line: its URL, its status and its calls. The details open below it. */
export function TriggerRow({ viewed, isOpen, setOpen, rules, reload }: Props) {
  const { status, text, calls } = viewed;
  const { trigger } = status;
  const entity = entityOf(trigger);
  const action = capital(trigger.slice(entity.length + 1));
  const id = trigger.replace('.', '-');
  return (
    // biome-ignore lint/a11y/useSemanticElements: not every browser can lay out a fieldset as a grid.
    <div class="row" role="group" aria-label={trigger}>
      <label for={id}>
        {action}
        <span class="hidden"> {urlTexts.label(entity)}</span>
      </label>
      <UrlForm id={id} status={status} rules={rules} isOpen={isOpen} reload={reload} />
      <p class="state">
        <span class={`mark ${text.tone}`} title={stateHelp[text.name]}>
          {text.word}
        </span>{' '}
        <span class="more">{text.details.slice(0, SHOWN_DETAILS).join(', ')}</span>
      </p>
      <Rate day={calls.day} />
      <Latest day={calls.day} />
      <button
        type="button"
        id={detailsButtonId(status)}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-details` : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {actionTexts.details}
        <span class="hidden"> {actionTexts.detailsOf(trigger)}</span>
      </button>
      {isOpen && <TriggerDetails id={`${id}-details`} viewed={viewed} reload={reload} />}
    </div>
  );
}
