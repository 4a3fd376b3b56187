import type { ActivityEntry } from '../../local-api.ts';
import { formatTime } from '../shared/format.ts';
import { agentTexts } from '../texts/app.ts';

/** The page adds the entries of the kind `rejected`. */
export type ShownEntry = Omit<ActivityEntry, 'kind'> & { readonly kind: ActivityEntry['kind'] | 'rejected' };

export function ActivityList({ entries }: { readonly entries: readonly ShownEntry[] }) {
  return (
    <div class="activity">
      <h3>{agentTexts.activity}</h3>
      {entries.length === 0 && <p class="muted">{agentTexts.empty}</p>}
      <div role="log" aria-label={agentTexts.activity}>
        <ol>
          {entries.map(({ n, kind, at, text, detail }) => (
            <li key={n} class={kind}>
              <span class="muted">{formatTime(at)}</span> {text} <code>{detail}</code>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
