import { useState } from 'preact/hooks';
import { capital } from '../../../core/capital.ts';
import type { ApiResponse } from '../../api/contract.ts';
import { messageOf, request } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { doctorTexts } from '../texts/operations.ts';

/** Runs the checks that the page can make, and shows a fix for each problem. */
export function Doctor() {
  const [diagnosis, setDiagnosis] = useState<ApiResponse<'GET /doctor'>>();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    if (isBusy) return;
    setBusy(true);
    setError(undefined);
    try {
      setDiagnosis(await request('GET /doctor', {}));
    } catch (caught) {
      setError(messageOf(caught));
    }
    setBusy(false);
  };
  return (
    <section class="panel" aria-labelledby="doctor-title">
      <h3 id="doctor-title">{doctorTexts.title}</h3>
      <div class="actions">
        <button type="button" onClick={run} aria-disabled={isBusy}>
          {isBusy ? doctorTexts.running : doctorTexts.run}
        </button>
        <span role="status">{diagnosis && summaryOf(diagnosis)}</span>
      </div>
      <ErrorBanner error={error} />
      {diagnosis && <Diagnosis {...diagnosis} />}
    </section>
  );
}

function summaryOf({ findings, inconclusive }: ApiResponse<'GET /doctor'>): string {
  if (findings.length > 0) return doctorTexts.found(findings.length);
  return inconclusive.length > 0 ? '' : doctorTexts.fine;
}

function Diagnosis({ findings, inconclusive, notes, checked, skipped }: ApiResponse<'GET /doctor'>) {
  return (
    <>
      <ul class="plain findings">
        {findings.map(({ where, what, fix }) => (
          <li key={`${where} ${what}`}>
            <span class="mark bad">{where}</span>
            <p>{capital(what)}</p>
            <p>
              <b>{doctorTexts.fix}</b>
              {fix}
            </p>
          </li>
        ))}
      </ul>
      {inconclusive.length > 0 && <Lines title={doctorTexts.notMade} lines={inconclusive.map(inconclusiveLine)} />}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <Lines title={doctorTexts.checked} lines={checked} />
      <Lines title={doctorTexts.skipped} lines={skipped} />
      <p class="muted">{doctorTexts.runDoctor}</p>
    </>
  );
}

const inconclusiveLine = ({ where, because }: { readonly where: string; readonly because: string }) =>
  `${where}: ${because}`;

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
