import type { TestResult } from '../../api/trigger-routes.ts';
import { formatTime } from '../shared/format.ts';
import { actionTexts } from '../texts/triggers.ts';

const MAX_BODY = 500;

/** The result of a test, and when the page received it, in epoch milliseconds. */
export interface Tested {
  readonly result: TestResult;
  readonly at: number;
}

interface Props {
  readonly tested: Tested | undefined;
  /** The time of the latest call, in epoch milliseconds. */
  readonly latest: number | undefined;
  readonly error: string | undefined;
}

/** The result of a test, with its time and the beginning of the response body. It fades when a later call was made. */
export function TestNote({ tested, latest = 0, error }: Props) {
  const isOutdated = tested !== undefined && latest > tested.at;
  return (
    <div role="status" class={`tested ${isOutdated ? 'outdated' : ''}`}>
      {error && <p class="note bad">{error}</p>}
      {tested && <Result {...tested} isOutdated={isOutdated} />}
    </div>
  );
}

function Result({ result, at, isOutdated }: Tested & { readonly isOutdated: boolean }) {
  const text = result.delivered ? actionTexts.delivered : actionTexts.notDelivered;
  return (
    <>
      <p class={`note ${result.delivered ? 'good' : 'bad'}`}>
        {text(result.response, result.milliseconds)}{' '}
        <span class="muted">
          {actionTexts.testedAt(formatTime(at))}
          {isOutdated && `. ${actionTexts.testOutdated}`}
        </span>
      </p>
      {result.body && !isOutdated && <pre class="body">{result.body.slice(0, MAX_BODY)}</pre>}
    </>
  );
}
