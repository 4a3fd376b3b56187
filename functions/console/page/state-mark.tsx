import type { TriggerStatus } from '../../operations/trigger-status.ts';
import { doing } from './state.ts';
import { time } from './words.ts';

/** How a trigger does, in a word and a color, and more about it. */
export function State({ line }: { readonly line: TriggerStatus }) {
  const { tone, word, more } = doing(line, time);
  return (
    <p class="state">
      <span class={`mark ${tone}`}>{word}</span> {more && <span class="more">{more}</span>}
    </p>
  );
}
