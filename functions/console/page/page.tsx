import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { FailedView } from './failed/failed-view.tsx';
import { AgentPanel } from './local-run/agent-panel.tsx';
import { HistoryView } from './log/history-view.tsx';
import { LogView } from './log/log-view.tsx';
import { OperationsView } from './operations/operations-view.tsx';
import { mayChange } from './shared/role.ts';
import { Account } from './sign-in/account.tsx';
import { appTexts } from './texts/app.ts';
import { TriggersView } from './triggers/triggers-view.tsx';

const views: Readonly<Record<string, { readonly title: string; readonly View: FunctionComponent }>> = {
  triggers: { title: appTexts.triggers, View: TriggersView },
  failed: { title: appTexts.failed, View: FailedView },
  log: { title: appTexts.log, View: LogView },
  history: { title: appTexts.history, View: HistoryView },
  operations: { title: appTexts.operations, View: OperationsView },
};

/** The view in the fragment, such as `#log?id=…`. */
const viewInHash = () => {
  const name = location.hash.slice(1).split('?')[0] ?? '';
  return Object.hasOwn(views, name) ? name : 'triggers';
};

export function Page() {
  const [name, setName] = useState(viewInHash());
  useEffect(() => {
    const follow = () => setName(viewInHash());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const { title = '', View = TriggersView } = views[name] ?? {};
  useEffect(() => {
    document.title = appTexts.documentTitle(title);
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {appTexts.skip}
      </button>
      <header class="top">
        <h1>{appTexts.name}</h1>
        <nav aria-label={appTexts.views}>
          {Object.entries(views).map(([view, { title }]) => (
            <a key={view} href={`#${view}`} aria-current={view === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {!LOCAL_RUN && <Account />}
      </header>
      <main id="main" tabIndex={-1}>
        {!mayChange() && <p class="muted">{appTexts.viewer}</p>}
        <View />
        {LOCAL_RUN && name === 'triggers' && <AgentPanel />}
      </main>
    </>
  );
}
