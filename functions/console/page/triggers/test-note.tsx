import type { TestResult } from '../../api/trigger-routes.ts';
import { actionTexts } from '../texts.ts';

const MAX_BODY = 500;

interface Props {
  readonly result: TestResult | undefined;
  readonly error: string | undefined;
}

/** The result of a test, with the beginning of the response body. */
export function TestNote({ result, error }: Props) {
  const text = result?.delivered ? actionTexts.delivered : actionTexts.notDelivered;
  return (
    <div role="status" class="tested">
      {error && <p class="note bad">{error}</p>}
      {result && (
        <p class={`note ${result.delivered ? 'good' : 'bad'}`}>{text(result.response, result.milliseconds)}</p>
      )}
      {result?.body && <pre class="body">{result.body.slice(0, MAX_BODY)}</pre>}
    </div>
  );
}
