import { formatFull, formatRelative, formatTime } from './format.ts';

interface Props {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Shows only the distance from now; the date and the zone are in the tooltip. */
  readonly isShort?: boolean;
}

/** A time, and its distance from now. The tooltip has the date and the time zone. */
export function Time({ at, isShort = false }: Props) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatFull(at)}>
      {isShort ? formatRelative(at) : formatTime(at)}
      {!isShort && <span class="muted"> {formatRelative(at)}</span>}
    </time>
  );
}
