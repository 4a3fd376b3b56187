import type { Chance } from './chance.ts';
import type { Time } from './clock.ts';

/** The probabilities of faults, per request if not stated otherwise. */
export interface Faults {
  /** A function dies at a request: before it, or after it took effect. */
  readonly crash: number;
  /** A request fails: without effect, or after it took effect. */
  readonly failure: number;
  /** The queue accepts only a part of a batch. */
  readonly halfAccepted: number;
  /** A slow request. Later ones can pass it. */
  readonly slow: number;
  /** A message or stream record is delivered twice. */
  readonly repeat: number;
  /** The maximum deviation of a function's clock, in milliseconds. */
  readonly skewMs: number;
  /** A table rejects a request because there are too many. */
  readonly throttled?: number;
  /** A table leaves out some keys or items of a batch. */
  readonly unprocessed?: number;
  /** The response is lost, and the SDK sends the same request again. */
  readonly resent?: number;
  /** An invocation starts so late that its messages become visible while it runs. Probability per invocation. */
  readonly late?: number;
}

export const noFaults: Faults = { crash: 0, failure: 0, halfAccepted: 0, slow: 0, repeat: 0, skewMs: 0 };

/** An invocation of a function. */
export class Invocation {
  readonly startedAt: number;
  /** Set when the handler has settled. Work that it left running can continue later. */
  settled = false;
  /** Set when the function died or timed out. */
  died = false;
  readonly #dies: () => void;

  constructor(startedAt: number, dies: () => void) {
    this.startedAt = startedAt;
    this.#dies = dies;
  }

  get alive(): boolean {
    return !this.died;
  }

  die(): void {
    this.died = true;
    this.#dies();
  }
}

/**
 * A process that runs a function, one invocation after another. Between two of them it is frozen: what an invocation left
 * running stops until the next one begins, and then goes on.
 */
export class Environment {
  readonly name: string;
  alive = true;
  /** The latest. */
  invocation: Invocation | undefined;
  /** The number of requests until it dies. */
  requestsLeft = Number.POSITIVE_INFINITY;
  #frozen: Promise<void> | undefined;
  #thaw: () => void = () => {};

  constructor(name: string) {
    this.name = name;
  }

  begin(invocation: Invocation): void {
    this.invocation = invocation;
    this.#frozen = undefined;
    this.#thaw();
  }

  freeze(): void {
    this.#frozen ??= new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  die(): void {
    this.alive = false;
    this.invocation?.die();
  }

  /** Fulfilled when the function runs, which can be never. */
  async running(): Promise<void> {
    while (this.#frozen && this.alive) await this.#frozen;
    if (!this.alive) await never();
  }
}

/** The moment at which a function dies: before a request is sent, after it is sent, or after it took effect. */
const [BEFORE, LEFT, AFTER] = [0, 1, 2];

const never = () => new Promise<never>(() => {});

export interface RequestOptions {
  /** The factor by which a fault is more likely. */
  readonly weight?: number;
  /** The error of the service. */
  readonly rejection?: () => Error | undefined;
  /** Whether the SDK repeats the request if the response is lost. */
  readonly resends?: boolean;
  /** The effect of a script on a request, instead of a random fault. */
  readonly scripted?: Scripted | undefined;
}

/** `fails`: no effect. `lost`: only the response is lost. `resent`: the SDK also repeats it. `dies`: after the effect. */
export type Scripted = 'fails' | 'lost' | 'resent' | 'dies' | { readonly ms: number };

/** The network between functions and services. A request takes time, can fail, and can be the last one of its function. */
export class Network {
  readonly clock: Time;
  readonly chance: Chance;
  faults: Faults;

  constructor(clock: Time, chance: Chance, faults: Faults) {
    this.clock = clock;
    this.chance = chance;
    this.faults = faults;
  }

  /** A request takes effect at one moment between its sending and its response. */
  async request<Result>(
    from: Environment,
    effect: () => Result,
    { weight = 1, rejection, resends = false, scripted }: RequestOptions = {},
  ): Promise<Result> {
    const { chance, faults } = this;
    const likely = (probability = 0) => probability > 0 && chance.happens(Math.min(0.5, probability * weight));
    await from.running();
    if (from.requestsLeft-- <= 0) from.die();
    // A sent request takes effect even if its function is dead or frozen by then.
    const crash = likely(faults.crash) ? Math.floor(chance.between(0, 3)) : undefined;
    if (crash === BEFORE || crash === LEFT) from.die();
    if (crash === BEFORE || (crash !== LEFT && !from.alive)) await never();
    await this.#travel(typeof scripted === 'object' ? scripted.ms : undefined);
    if (scripted === 'fails' || likely(faults.failure / 2)) {
      await this.#response(from);
      throw new Error('the service does not respond');
    }
    const rejected = rejection?.();
    if (rejected) {
      await this.#response(from);
      throw rejected;
    }
    let result = attempted(effect);
    if (resends && (scripted === 'resent' || likely(faults.resent))) {
      await this.clock.sleep(chance.between(50, 2_000));
      if (from.alive && !from.isFrozen) result = attempted(effect);
    }
    if (crash === AFTER || scripted === 'dies') from.die();
    await this.#response(from);
    if ('error' in result) throw result.error;
    if (scripted === 'lost' || likely(faults.failure / 2)) throw new Error('the response is lost');
    return result.value;
  }

  #travel(milliseconds?: number): Promise<unknown> {
    const slow = this.faults.slow > 0 && this.chance.happens(this.faults.slow);
    return this.clock.sleep(milliseconds ?? (slow ? this.chance.between(100, 4_000) : this.chance.between(1, 15)));
  }

  async #response(from: Environment): Promise<void> {
    await this.#travel();
    await from.running();
  }
}

function attempted<Result>(effect: () => Result): { readonly value: Result } | { readonly error: unknown } {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
}
