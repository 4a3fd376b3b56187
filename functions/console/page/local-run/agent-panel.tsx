import { useEffect, useState } from 'preact/hooks';
import { capital } from '../../../core/capital.ts';
import { entityNames } from '../../../core/entity.ts';
import type { ActivityEntry, AgentRequest, AgentResponse } from '../../local-api.ts';
import { agentTexts } from '../texts/app.ts';
import { ActivityList, type ShownEntry } from './activity-list.tsx';

const MAX_ENTRIES = 12;
const actions = ['create', 'edit', 'delete'] as const;

/** Buttons that change records as an agent's program does, beside the calls that follow. Only in a local run. */
export function AgentPanel() {
  const [entries, setEntries] = useState<readonly ShownEntry[]>([]);
  const add = (entry: ShownEntry) => setEntries((before) => [entry, ...before].slice(0, MAX_ENTRIES));
  useEffect(() => {
    const source = new EventSource('/local/activity');
    // A new connection gets the latest entries again.
    source.onopen = () => setEntries([]);
    source.onmessage = ({ data }) => {
      const entry: ActivityEntry = JSON.parse(data);
      add(entry);
    };
    return () => source.close();
  }, []);
  const act = (request: AgentRequest) => async () => {
    const response = await fetch('/local/agent', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const { error }: AgentResponse = await response.json();
    if (error) add({ n: -Date.now(), at: Date.now(), kind: 'rejected', text: error, detail: '' });
  };
  return (
    <section class="area agent" aria-labelledby="agent-title">
      <div class="area-head">
        <h2 id="agent-title">{agentTexts.title}</h2>
        <p class="muted">{agentTexts.lead}</p>
      </div>
      <div class="agent-columns">
        <div>
          {entityNames.map((entity) => (
            <div key={entity} class="agent-row">
              <span>{capital(entity)}</span>
              {actions.map((action) => (
                <button key={action} type="button" onClick={act({ entity, action })}>
                  {capital(action)}
                  <span class="hidden"> {agentTexts.record(entity)}</span>
                </button>
              ))}
            </div>
          ))}
        </div>
        <ActivityList entries={entries} />
      </div>
    </section>
  );
}
