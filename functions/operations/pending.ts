/** The numbers of a trigger's pending notifications. They do not include messages that deliver has not received yet. */
export interface Pending {
  /** The sum of the following. */
  readonly waiting: number;
  /** In the queue, after a failed attempt. */
  readonly waitingForRetry: number;
  /** In the queue, behind an earlier notification of their record that waits for a retry. */
  readonly behind: number;
  readonly inBacklog: number;
}

/** `6 pending (1 waiting for retry, 5 more of its record behind it)`; empty if there are none. */
export function pendingText({ waiting, waitingForRetry, behind, inBacklog }: Pending): string {
  if (waiting === 0) return '';
  const where = [
    ...(waitingForRetry > 0 ? [`${waitingForRetry} waiting for retry`] : []),
    ...(behind > 0 ? [behindText(waitingForRetry, behind)] : []),
    ...(inBacklog > 0 && inBacklog < waiting ? [`${inBacklog} in its backlog`] : []),
  ];
  return `${waiting} pending${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
}

function behindText(waitingForRetry: number, behind: number): string {
  if (waitingForRetry === 1) return `${behind} more of its record behind it`;
  if (waitingForRetry > 1) return `${behind} more of their records behind them`;
  return `${behind} behind an earlier notification of ${behind === 1 ? 'its record' : 'their records'}`;
}

/** Describes the consequences of clearing a URL. */
export function clearedText(waiting: number): string {
  const calls = 'No calls are made.';
  if (waiting === 0) return calls;
  return waiting === 1
    ? `${calls} 1 pending notification moves to Failed; to send it, set a URL and redeliver it.`
    : `${calls} ${waiting} pending notifications move to Failed; to send them, set a URL and redeliver them.`;
}
