import type { LogEntry } from '../../api/log-routes.ts';
import { DetailButton } from '../shared/detail-button.tsx';
import { Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { logTexts, tableTexts } from '../texts/lists.ts';
import { OutcomeMark } from './outcome-mark.tsx';

interface Props {
  readonly entries: readonly LogEntry[];
  readonly open: (entry: LogEntry) => void;
}

const columns = [
  ['time', tableTexts.time],
  ['trigger', tableTexts.trigger],
  ['formattedString', tableTexts.formattedString],
  ['attempt', logTexts.attempt],
  ['outcome', tableTexts.outcome],
  ['response', logTexts.response],
  ['detail', <span class="hidden">{tableTexts.detail}</span>],
] as const;

export function LogTable({ entries, open }: Props) {
  return (
    <Table label={logTexts.table} columns={columns}>
      {entries.map((entry) => (
        <tr key={`${entry.id} ${entry.at} ${entry.attempt}`}>
          <td>
            <Time at={entry.at} />
          </td>
          <td>{entry.trigger}</td>
          <td>
            <code>{entry.formattedString}</code>
          </td>
          <td>
            <span class="narrow">{logTexts.attempt} </span>
            {entry.attempt}
            {entry.test && <span class="muted"> {logTexts.test}</span>}
            {entry.redelivered && <span class="muted"> {logTexts.redelivered}</span>}
          </td>
          <td>
            <OutcomeMark outcome={entry.outcome} />
          </td>
          <td>
            {entry.response} <span class="muted">{logTexts.milliseconds(entry.milliseconds)}</span>
          </td>
          <td>
            <DetailButton id={entry.id} open={() => open(entry)} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
