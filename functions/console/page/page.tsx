import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Account } from './account.tsx';
import { AgentPanel } from './agent-panel.tsx';
import { FailedView } from './failed-view.tsx';
import { HistoryView } from './history-view.tsx';
import { LogView } from './log-view.tsx';
import { TriggersView } from './triggers-view.tsx';

const views: Readonly<Record<string, { readonly title: string; readonly View: FunctionComponent }>> = {
  triggers: { title: 'Triggers', View: TriggersView },
  failed: { title: 'Failed', View: FailedView },
  log: { title: 'Log', View: LogView },
  history: { title: 'History', View: HistoryView },
};

/** `#log?id=…` shows the log. */
const chosen = () => {
  const name = location.hash.slice(1).split('?')[0] ?? '';
  return Object.hasOwn(views, name) ? name : 'triggers';
};

export function Page() {
  const [name, setName] = useState(chosen());
  useEffect(() => {
    const follow = () => setName(chosen());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const { title = '', View = TriggersView } = views[name] ?? {};
  useEffect(() => {
    document.title = `${title} · CRM Triggers`;
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <h1>CRM Triggers</h1>
        <nav aria-label="Views">
          {Object.entries(views).map(([to, { title }]) => (
            <a key={to} href={`#${to}`} aria-current={to === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {!LOCAL_RUN && <Account />}
      </header>
      <main id="main" tabIndex={-1}>
        {LOCAL_RUN && name === 'triggers' && <AgentPanel />}
        <View />
      </main>
    </>
  );
}
