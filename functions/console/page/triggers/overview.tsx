import { AlarmCount } from '../operations/alarms.tsx';
import { request } from '../shared/api.ts';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { overviewTexts } from '../texts/triggers.ts';
import { UrlFile } from '../url-file/url-file.tsx';
import { AllTriggers } from './all-triggers.tsx';
import { startOfToday, summary } from './summary.ts';
import { detailsButtonId, type ViewedTrigger } from './viewed-trigger.ts';

/** The maximum number of failed notifications that are counted for today. */
const MAX_FAILED = 200;

/** The tones of problems, the worst first. */
const severity = ['bad', 'warn', 'off'];

interface Props {
  readonly triggers: readonly ViewedTrigger[];
  readonly isProblemsOnly: boolean;
  readonly setProblemsOnly: (isOn: boolean) => void;
  readonly open: (trigger: ViewedTrigger['status']['trigger']) => void;
  readonly reload: () => Promise<void>;
}

/** All triggers in one line, and below it those with a problem. */
export function Overview({ triggers, isProblemsOnly, setProblemsOnly, open, reload }: Props) {
  const { value } = useLoad(
    () => request('GET /failed', { query: { since: String(startOfToday()), limit: String(MAX_FAILED) } }),
    '',
    REFRESH_MS,
  );
  const problems = triggers
    .filter(({ text }) => text.isProblem)
    .toSorted((a, b) => severity.indexOf(a.text.tone) - severity.indexOf(b.text.tone));
  const show = ({ status }: ViewedTrigger) => {
    open(status.trigger);
    document.getElementById(detailsButtonId(status))?.focus();
  };
  return (
    <section class="overview" aria-label={overviewTexts.title}>
      <p class="summary">
        {summary(triggers)}
        {value && ', '}
        {value && (
          <a href={`#failed?since=${startOfToday()}`}>
            {overviewTexts.failedToday(value.total, value.total >= MAX_FAILED)}
          </a>
        )}
        <AlarmCount />
      </p>
      <button type="button" aria-pressed={isProblemsOnly} onClick={() => setProblemsOnly(!isProblemsOnly)}>
        {overviewTexts.problemsOnly}
      </button>
      <AllTriggers triggers={triggers.map(({ status }) => status)} reload={reload} />
      <UrlFile reload={reload} />
      {isProblemsOnly && problems.length === 0 && <p class="muted">{overviewTexts.noProblems}</p>}
      {problems.length > 0 && (
        <ul class="problems" aria-label={overviewTexts.problems}>
          {problems.map((problem) => (
            <li key={problem.status.trigger}>
              <button type="button" class="link" onClick={() => show(problem)}>
                {problem.status.trigger}
              </button>{' '}
              <span class={`mark ${problem.text.tone}`}>{problem.text.word}</span>{' '}
              <span class="more">{problem.text.details.join(', ')}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
