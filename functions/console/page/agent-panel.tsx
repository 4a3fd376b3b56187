import { useEffect, useState } from 'preact/hooks';
import { capital } from '../../core/capital.ts';
import { entityNames } from '../../core/entity.ts';
import { time } from './words.ts';

/** What the agent did, or what the sample receiver got for it. */
interface ActivityEntry {
  readonly n: number;
  readonly at: number;
  readonly kind: 'agent' | 'call' | 'rejected';
  readonly text: string;
  readonly detail: string;
}

const SHOWN = 12;
const verbs = ['create', 'edit', 'delete'] as const;

/** Shows cause and effect: an agent's program that writes rows, and a receiver that is called. */
export function AgentPanel() {
  const [happened, setHappened] = useState<readonly ActivityEntry[]>([]);
  const add = (entry: ActivityEntry) => setHappened((before) => [entry, ...before].slice(0, SHOWN));
  useEffect(() => {
    const source = new EventSource('/local/activity');
    // A new listener gets the latest entries again.
    source.onopen = () => setHappened([]);
    source.onmessage = ({ data }) => add(JSON.parse(data));
    return () => source.close();
  }, []);
  const act = (entity: string, action: string) => async () => {
    const response = await fetch('/local/agent', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entity, action }),
    });
    const { error } = await response.json();
    if (error) add({ n: -Date.now(), at: Date.now(), kind: 'rejected', text: error, detail: '' });
  };
  return (
    <section class="area agent" aria-labelledby="agent-title">
      <div class="area-head">
        <h2 id="agent-title">Try it</h2>
        <p class="muted">
          This is a local run. Be the agent: change a record, and see the sample receiver called. Calls to a URL of your
          own are in the Log.
        </p>
      </div>
      <div class="agent-parts">
        <div>
          {entityNames.map((entity) => (
            <div key={entity} class="agent-row">
              <span>{capital(entity)}</span>
              {verbs.map((action) => (
                <button key={action} type="button" onClick={act(entity, action)}>
                  {capital(action)}
                  <span class="hidden"> a {entity}</span>
                </button>
              ))}
            </div>
          ))}
        </div>
        <div class="happened">
          <h3>What happens</h3>
          {happened.length === 0 && <p class="muted">Nothing yet: press Create beside Customer.</p>}
          <div role="log" aria-label="What happens">
            <ol>
              {happened.map((one) => (
                <li key={one.n} class={one.kind}>
                  <span class="muted">{time(one.at)}</span> {one.text} <code>{one.detail}</code>
                </li>
              ))}
            </ol>
          </div>
        </div>
      </div>
    </section>
  );
}
