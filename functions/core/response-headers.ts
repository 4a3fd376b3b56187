import { maskedUrl } from './masked-url.ts';

/** The response headers that the delivery log keeps. They hold no cookie, no credential and no data of the receiver. */
const KEPT = ['content-type', 'content-length', 'date', 'location', 'retry-after', 'server'];

/** The log keeps this much of each value, in characters: at most 1 KiB together. */
const VALUE = 150;

/** The headers of a response that the log keeps, as lines; empty if it has none of them. A target of a redirect is masked. */
export function keptHeaders(headers: Readonly<Record<string, unknown>>): string {
  let lines = '';
  for (const name of KEPT) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    const shown = name === 'location' ? maskedUrl(value.replace(/#.*/s, '')) : value;
    lines += `${lines && '\n'}${name}: ${shown.slice(0, VALUE)}`;
  }
  return lines;
}
