import type { Dispatcher } from 'undici';
import type { CallResult } from '../core/outcome.ts';
import { keptHeaders } from '../core/response-headers.ts';
import { MAX_RESPONSE_BYTES, type ResponseHeaders, responseText } from './response-text.ts';

/** The maximum wait for a body. The status decides the outcome, and the body is only shown. */
const BODY_MS = 1_000;

/** The errors that end a call. They are created once, because creating an error is slow. */
export const NO_RESPONSE = Object.assign(new Error('no response in time'), { code: 'NO_ANSWER' });
const ENOUGH = new Error('enough was read');
const NO_END = new Error('the body does not end');

interface GetRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a POST. Absent for a GET. */
  readonly form?: string | undefined;
}

/**
 * Makes one GET with a handler of undici's dispatcher: a stream for the body and linked signals cost more than the
 * call. The first event that can end the call ends it. A response that breaks off still counts by its status.
 *
 * @param milliseconds The maximum duration of the whole call.
 * @param cut Aborts the call.
 */
export function get(agent: Dispatcher, { url, headers, form }: GetRequest, milliseconds: number, cut?: AbortSignal) {
  return new Promise<CallResult>((resolve, reject) => {
    cut?.throwIfAborted();
    let controller: Dispatcher.DispatchController | undefined;
    let endedBy: Error | undefined;
    let responded: Omit<Extract<CallResult, { status: number }>, 'body'> | undefined;
    let bodyHeaders: ResponseHeaders = {};
    const chunks: Buffer[] = [];
    let bytes = 0;
    let hasEnded = false;
    let bodyDeadline: NodeJS.Timeout | undefined;
    const finish = (error?: unknown) => {
      hasEnded = true;
      clearTimeout(deadline);
      clearTimeout(bodyDeadline);
      cut?.removeEventListener('abort', cutOff);
      if (!responded) return reject(error);
      const text = responseText(Buffer.concat(chunks, Math.min(bytes, MAX_RESPONSE_BYTES)), bodyHeaders);
      const result = responded;
      if (typeof text === 'string') resolve({ ...result, body: text });
      else resolve(text.then((body) => ({ ...result, body })));
    };
    const end = (error: Error) => {
      endedBy = error;
      finish(error);
      controller?.abort(error);
    };
    const cutOff = () => end(cut?.reason);
    const limitBody = () => {
      if (!hasEnded) bodyDeadline = setTimeout(end, BODY_MS, NO_END);
    };
    const deadline = setTimeout(end, milliseconds, NO_RESPONSE);
    cut?.addEventListener('abort', cutOff);
    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        headers,
        ...(form === undefined ? { method: 'GET' } : { method: 'POST', body: form }),
      },
      {
        onRequestStart(started) {
          controller = started;
          if (endedBy) started.abort(endedBy);
        },
        onResponseStart(_, status, headers) {
          // 1xx is not the final response.
          if (status < 200) return;
          const { 'retry-after': retryAfter } = headers;
          bodyHeaders = headers;
          const kept = keptHeaders(headers);
          responded = { status, ...(typeof retryAfter === 'string' && { retryAfter }), ...(kept && { headers: kept }) };
          // Most bodies arrive with the head, and need no timer.
          process.nextTick(limitBody);
        },
        onResponseData(reading, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes >= MAX_RESPONSE_BYTES) reading.abort(ENOUGH);
        },
        // Before this, undici does not mark the connection as free, and the next call would open a new one.
        onResponseEnd() {
          hasEnded = true;
          process.nextTick(setImmediate, finish);
        },
        onResponseError: (_, error) => finish(error),
      },
    );
  });
}
