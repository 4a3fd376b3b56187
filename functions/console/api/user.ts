import * as z from 'zod/mini';

/** Viewers read everything but secrets and credentials in URLs. */
export const role = z.enum(['viewer', 'admin']);

export type Role = z.output<typeof role>;

/** The user who sent a request. */
export interface User {
  /** The name for the history. */
  readonly who: string;
  readonly role: Role;
}
