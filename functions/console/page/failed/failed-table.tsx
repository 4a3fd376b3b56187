import type { FailedNotification } from '../../api/failed-routes.ts';
import { DetailButton } from '../shared/detail-button.tsx';
import { Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { failedTexts, tableTexts } from '../texts/lists.ts';

interface Props {
  readonly shown: readonly FailedNotification[];
  readonly selected: ReadonlySet<string>;
  readonly select: (ids: ReadonlySet<string>) => void;
  readonly open: (notification: FailedNotification) => void;
}

export function FailedTable({ shown, selected, select, open }: Props) {
  const isAll = shown.every(({ id }) => selected.has(id));
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  const selectAll = (
    <input
      type="checkbox"
      aria-label={failedTexts.selectAll}
      checked={isAll}
      onChange={() => select(new Set(isAll ? [] : shown.map(({ id }) => id)))}
    />
  );
  return (
    <Table
      label={failedTexts.table}
      columns={[
        ['select', selectAll],
        ['failedAt', failedTexts.failedAt],
        ['trigger', tableTexts.trigger],
        ['formattedString', tableTexts.formattedString],
        ['reason', failedTexts.reason],
        ['attempts', failedTexts.attempts],
        ['detail', <span class="hidden">{tableTexts.detail}</span>],
      ]}
    >
      {shown.map((notification) => (
        <tr key={notification.id}>
          <td>
            <input
              type="checkbox"
              aria-label={failedTexts.select(notification.id)}
              checked={selected.has(notification.id)}
              onChange={() => toggle(notification.id)}
            />
          </td>
          <td>
            <Time at={notification.failedAt} />
          </td>
          <td>{notification.trigger}</td>
          <td>
            <code>{notification.formattedString ?? JSON.stringify(notification.keys)}</code>
          </td>
          <td>{notification.reason}</td>
          <td>
            {notification.attempts}
            <span class="narrow"> {failedTexts.attempts}</span>
          </td>
          <td>
            <DetailButton id={notification.id} open={() => open(notification)} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
