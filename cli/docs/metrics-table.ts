import { metrics } from '../../functions/core/metrics.ts';

/** The table of all metrics in docs/operations/monitoring.md. */
export function metricsTable(): string {
  const rows = Object.entries(metrics).map(
    ([name, { unit, per, meaning }]) =>
      `| \`${name}\` | ${unit} | ${per === 'trigger' ? '`trigger`' : 'none'} | ${meaning} |`,
  );
  return ['| metric | unit | dimension | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
