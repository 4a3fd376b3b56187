import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../../cli/local/agent.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import type { Platform } from './platforms.ts';
import type { Call, Mode } from './receiver-core.ts';

/** The receiver of the calls. */
export interface Receiver {
  /** The base URL. The URL of a lane is this and `/LANE`. */
  readonly base: string;
  setMode(lane: string, mode: Mode): Promise<void>;
  /** The calls of a lane, the oldest first. */
  calls(lane: string): Promise<Call[]>;
}

/** A deployed stage. */
export interface Stage {
  readonly deps: OperationDeps;
  readonly agent: Agent;
}

interface State {
  deployed?: Stage;
  receiver?: Receiver;
  /** The lead of the receiver's clock over the clock of this machine, in milliseconds. */
  clockOffset?: number;
  /** When the outage began, epoch milliseconds. */
  outageBegan?: number;
}

/** The context of the steps. A step must wait only by `until` and `pause`, which end when `signal` is aborted. */
export interface World {
  readonly platform: Platform;
  readonly stage: string;
  /** A unique text for each run, which is part of the IDs of its rows. */
  readonly run: string;
  /** Aborted at the step's time limit, or when the run is stopped. */
  readonly signal: AbortSignal;
  /** Runs CDK commands on the stacks of the stage. @returns The folder of the assembly. */
  cdk(...commands: string[][]): Promise<string>;
  /** Runs CDK commands on the receiver's stack. @returns The folder of the assembly. */
  cdkReceiver(...commands: string[][]): Promise<string>;
  /** Results that later steps use. */
  readonly state: State;
  /** Cleanup functions, which run before the stacks are deleted. */
  readonly undo: (() => Promise<unknown>)[];
}

/** The claim of a step is not proven. */
export class NotProven extends Error {}

/** @throws {NotProven} When the condition is false. */
export function prove(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new NotProven(otherwise);
}

/** @throws {NotProven} When the stage or the receiver is not deployed. */
export function stageOf({ state: { deployed, receiver } }: World): Stage & { readonly receiver: Receiver } {
  prove(deployed && receiver, 'the stage or the receiver is not deployed');
  return { ...deployed, receiver };
}

/** Waits for a truthy value, and returns it. @throws {NotProven} When the step has to end. */
export async function until<T>(
  { signal }: Pick<World, 'signal'>,
  what: string,
  read: () => T | Promise<T>,
  pauseMs = 1_000,
): Promise<NonNullable<T>> {
  for (;;) {
    const value = await read();
    if (value) return value;
    if (signal.aborted) throw new NotProven(`did not happen: ${what}`);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

export async function pause({ signal }: Pick<World, 'signal'>, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal });
}

/** Sets the URL of a lane for triggers that already have a URL. It takes effect at once, because deliver reads it before each attempt. */
export async function send(world: World, lane: string, ...triggers: Trigger[]): Promise<void> {
  const { deps, receiver } = stageOf(world);
  for (const trigger of triggers) await set(deps, trigger, `${receiver.base}/${lane}`);
}

/** The accepted calls of a lane, one of each notification, in the order of arrival. */
export async function accepted(world: World, lane: string): Promise<Call[]> {
  const calls = (await stageOf(world).receiver.calls(lane)).filter(({ status }) => status === 200);
  return calls.filter(({ id }, index) => calls.findIndex((other) => other.id === id) === index);
}

/** Processes values in parallel, at most `atOnce` at a time. */
export async function sideBySide<T>(atOnce: number, all: readonly T[], work: (value: T) => Promise<unknown>) {
  const left = [...all];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
    }),
  );
}
