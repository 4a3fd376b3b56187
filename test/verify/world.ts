import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../../cli/local/agent.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import type { Platform } from './platforms.ts';
import type { Call, Mode } from './receiver-core.ts';

/** The receiver that the steps set URLs of. */
export interface Receiver {
  /** What the path of a lane is appended to. */
  readonly base: string;
  setMode(lane: string, mode: Mode): Promise<void>;
  /** The calls of a lane, the oldest first. */
  calls(lane: string): Promise<Call[]>;
}

/** What is deployed, once it is. */
export interface Stage {
  readonly deps: OperationDeps;
  readonly agent: Agent;
}

interface State {
  deployed?: Stage;
  receiver?: Receiver;
  /** How far the receiver's clock is ahead of this machine's, milliseconds. */
  clockOffset?: number;
  /** When the outage began, epoch milliseconds. */
  outageBegan?: number;
}

/** What the steps share. A step waits only through this, so that it ends when its time is over or somebody stops it. */
export interface World {
  readonly platform: Platform;
  readonly stage: string;
  /** Distinct in each run: what the ids of its rows begin with. */
  readonly run: string;
  /** Aborted when the step has to end. */
  readonly signal: AbortSignal;
  /** Runs the CDK's commands on the stage's stacks, and returns what it was synthesized to. */
  cdk(...commands: string[][]): Promise<string>;
  /** The same for the receiver's stack. */
  cdkReceiver(...commands: string[][]): Promise<string>;
  /** What the steps leave to each other. */
  readonly state: State;
  /** What is undone at the end, before the stacks are deleted. */
  readonly undo: (() => Promise<unknown>)[];
}

/** Something that a step tried to prove is not so. */
export class NotProven extends Error {}

/** @throws {NotProven} When the condition is not met. */
export function prove(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new NotProven(otherwise);
}

/** @throws {NotProven} When nothing is deployed yet. */
export function stageOf({ state: { deployed, receiver } }: World): Stage & { readonly receiver: Receiver } {
  prove(deployed && receiver, 'nothing is deployed');
  return { ...deployed, receiver };
}

/** Waits until a check returns a value, and returns the value. @throws When the step has to end. */
export async function until<T>(
  { signal }: Pick<World, 'signal'>,
  what: string,
  check: () => T | Promise<T>,
  pauseMs = 1_000,
): Promise<NonNullable<T>> {
  for (;;) {
    const value = await check();
    if (value) return value;
    if (signal.aborted) throw new NotProven(`it waited in vain: ${what}`);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

export async function pause({ signal }: Pick<World, 'signal'>, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal });
}

/** Sets the URL of a lane for triggers that had a URL before; deliver reads it before each attempt. */
export async function send(world: World, lane: string, ...triggers: Trigger[]): Promise<void> {
  const { deps, receiver } = stageOf(world);
  for (const trigger of triggers) await set(deps, trigger, `${receiver.base}/${lane}`);
}

/** The calls of a lane that the receiver took, one of each notification, in the order in which they arrived. */
export async function taken(world: World, lane: string): Promise<Call[]> {
  const good = (await stageOf(world).receiver.calls(lane)).filter(({ status }) => status === 200);
  return good.filter(({ id }, index) => good.findIndex((other) => other.id === id) === index);
}

/** Work on many things, so many at once. */
export async function sideBySide<T>(atOnce: number, all: readonly T[], work: (one: T) => Promise<unknown>) {
  const left = [...all];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
    }),
  );
}
