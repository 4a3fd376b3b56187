import type { LogEntry } from '../../edge/delivery-log.ts';

const tones = { delivered: 'good', retry: 'warn', gone: 'off', blocked: 'bad' } as const;

export function OutcomeMark({ outcome }: Pick<LogEntry, 'outcome'>) {
  return <span class={`mark ${tones[outcome]}`}>{outcome}</span>;
}
