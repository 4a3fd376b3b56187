import type { Trigger } from '../../core/entity.ts';
import { time } from './words.ts';

/** As the API shows it. */
export interface FailedOne {
  readonly id: string;
  readonly trigger: Trigger;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: number;
  readonly changedAt: number;
  readonly formattedString: string | null;
  readonly keys: object | null;
}

interface Props {
  readonly shown: readonly FailedOne[];
  readonly picked: ReadonlySet<string>;
  readonly pick: (ids: ReadonlySet<string>) => void;
  readonly open: (one: FailedOne) => void;
}

export function FailedTable({ shown, picked, pick, open }: Props) {
  const all = shown.every(({ id }) => picked.has(id));
  const turn = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    pick(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class="table" tabIndex={0} aria-label="Failed notifications">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Choose all shown"
                checked={all}
                onChange={() => pick(new Set(all ? [] : shown.map(({ id }) => id)))}
              />
            </th>
            <th scope="col">Failed</th>
            <th scope="col">Trigger</th>
            <th scope="col">Formatted string</th>
            <th scope="col">Reason</th>
            <th scope="col">Attempts</th>
            <th scope="col">
              <span class="hidden">Detail</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.id}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose ${one.id}`}
                  checked={picked.has(one.id)}
                  onChange={() => turn(one.id)}
                />
              </td>
              <td>{time(one.failedAt)}</td>
              <td>{one.trigger}</td>
              <td>
                <code>{one.formattedString ?? JSON.stringify(one.keys)}</code>
              </td>
              <td>{one.reason}</td>
              <td>{one.attempts}</td>
              <td>
                <button type="button" onClick={() => open(one)}>
                  Detail<span class="hidden"> of {one.id}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
