import type { LogEntry } from '../../api/log-routes.ts';

const tones = {
  delivered: 'good',
  failed: 'warn',
  throttled: 'warn',
  gone: 'off',
  merged: 'off',
  blocked: 'bad',
  'gave-up': 'bad',
} as const;

export function OutcomeMark({ outcome }: Pick<LogEntry, 'outcome'>) {
  return <span class={`mark ${tones[outcome]}`}>{outcome}</span>;
}
