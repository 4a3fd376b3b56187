import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { formatTime } from '../shared/format.ts';
import { statusText } from './status.ts';

/** A trigger's status: a colored word and details. */
export function StatusLine({ status }: { readonly status: TriggerStatus }) {
  const { tone, word, details } = statusText(status, formatTime);
  return (
    <p class="state">
      <span class={`mark ${tone}`}>{word}</span> {details && <span class="more">{details}</span>}
    </p>
  );
}
