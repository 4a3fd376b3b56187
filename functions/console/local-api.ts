import * as z from 'zod/mini';
import { type Entity, entityNames } from '../core/entity.ts';

// The requests that only a local run serves: the page sends them, cli/local handles them.

/** POST /local/agent: change a record as an agent does. */
export const agentRequest = z.object({
  entity: z.enum(entityNames as [Entity, ...Entity[]]),
  action: z.enum(['create', 'edit', 'delete']),
});

export type AgentRequest = z.input<typeof agentRequest>;

/** The response: the changed row, or why no row was changed. */
export interface AgentResponse {
  readonly row?: object;
  readonly error?: string;
}

/** An event of /local/activity: an action of the agent, or a call to the sample receiver. */
export interface ActivityEntry {
  /** The number of the entry; the first is 1. */
  readonly n: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: 'agent' | 'call';
  readonly text: string;
  readonly detail: string;
}
