const SOON_MS = 30 * 24 * 60 * 60_000;

/** Whether a client certificate must be renewed: it expires within 30 days, or has expired. Both times are epoch milliseconds. */
export function expiresSoon(expiresAt: number, now: number): boolean {
  return expiresAt - now < SOON_MS;
}
