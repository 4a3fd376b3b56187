import type { Trigger } from '../core/entity.ts';
import type { DeliverDeps } from './deps.ts';
import type { KnownTriggers } from './known-triggers.ts';
import { sleep } from './limit.ts';
import type { Known } from './park.ts';

/** A function that delivered to a receiver within this time knows that it accepts calls. */
const RECENT_MS = 10_000;

/** Functions that begin at the same moment spread their first calls over this time, so that the first response is known to most. */
const SPREAD_MS = 250;

/** After this time the calls of a batch are not limited, so that a slow receiver does not make it longer. */
const OPEN_MS = 1_000;

interface Gate {
  /** Fulfilled when the first call can be made. */
  readonly begun: Promise<void>;
  /** The most calls at the same time. */
  limit: number;
  calls: number;
  waiting: (() => void)[];
}

/**
 * The slow start of a batch. If many notifications of a trigger arrive at once and this function has not called its receiver
 * lately, the calls begin with one, and each delivery allows one more. A receiver that throttles then rejects few calls before
 * its trigger is parked.
 */
export class SlowStart {
  readonly #deps: DeliverDeps;
  readonly #triggers: KnownTriggers;
  readonly #records: ReadonlyMap<Trigger, number>;
  readonly #gates = new Map<Trigger, Gate>();

  constructor(known: Iterable<Known>, triggers: KnownTriggers, deps: DeliverDeps) {
    this.#deps = deps;
    this.#triggers = triggers;
    const lanes = Map.groupBy(known, ({ notification }) => notification.trigger);
    this.#records = new Map(
      [...lanes].map(([trigger, of]) => [trigger, new Set(of.map(({ notification }) => notification.record)).size]),
    );
  }

  /** Makes a call when that is allowed. @param call Returns nothing if its notification is done. */
  run<Wait>(trigger: Trigger, call: () => Promise<Wait | undefined>): Promise<Wait | undefined> {
    const gate = this.#gateOf(trigger);
    return gate.limit === Number.POSITIVE_INFINITY ? call() : callThrough(gate, call);
  }

  #gateOf(trigger: Trigger): Gate {
    const known = this.#gates.get(trigger);
    if (known) return known;
    // Its calls are spread already.
    const isLimited = this.#triggers.get(trigger)?.maxPerSecond !== undefined;
    const isRecent = this.#deps.now() - (this.#deps.deliveredAt.get(trigger) ?? 0) < RECENT_MS;
    const isOpen = isRecent || isLimited || (this.#records.get(trigger) ?? 0) < 2;
    const gate = { begun: Promise.resolve(), limit: isOpen ? Number.POSITIVE_INFINITY : 1, calls: 0, waiting: [] };
    this.#gates.set(trigger, gate);
    return isOpen ? gate : Object.assign(gate, { begun: this.#begin(trigger, gate) });
  }

  async #begin(trigger: Trigger, gate: Gate): Promise<void> {
    await sleep(SPREAD_MS * this.#deps.random(), this.#deps);
    // Meanwhile another function can have parked the trigger.
    const now = (await this.#deps.triggers.read([trigger])).get(trigger);
    if (now) this.#triggers.note(trigger, now);
    this.#deps.after(OPEN_MS, () => {
      gate.limit = Number.POSITIVE_INFINITY;
      wake(gate);
    });
  }
}

async function callThrough<Wait>(gate: Gate, call: () => Promise<Wait | undefined>): Promise<Wait | undefined> {
  await gate.begun;
  while (gate.calls >= gate.limit) await new Promise<void>((resolve) => gate.waiting.push(resolve));
  gate.calls++;
  try {
    const wait = await call();
    if (wait === undefined) gate.limit++;
    return wait;
  } finally {
    gate.calls--;
    wake(gate);
  }
}

function wake(gate: Gate): void {
  const { waiting } = gate;
  gate.waiting = [];
  for (const resolve of waiting) resolve();
}
