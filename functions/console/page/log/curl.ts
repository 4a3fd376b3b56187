import { joinFormattedString } from '../../../core/trigger-url.ts';
import type { LogEntry } from '../../api/log-routes.ts';

/** Quotes a text as one word of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The call of an attempt as a curl command. It calls `url` and has no signature, because a signature soon expires. */
export function curl(url: string, { id, trigger, attempt, formattedString, test }: LogEntry): string {
  const headers = {
    'webhook-id': id,
    'crm-trigger': trigger,
    'crm-trigger-attempt': String(attempt),
    ...(test && { 'crm-trigger-test': 'true' }),
  };
  return [
    `curl --globoff --include ${quoted(joinFormattedString(url, formattedString))}`,
    ...Object.entries(headers).map(([name, value]) => `  --header ${quoted(`${name}: ${value}`)}`),
  ].join(' \\\n');
}
