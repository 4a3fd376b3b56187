import type { Chance } from './chance.ts';
import type { Time } from './clock.ts';

/** How often things go wrong, each as a probability per request. */
export interface Faults {
  /** A function dies at a request: before it, or after it took effect. */
  readonly crash: number;
  /** A request fails: without effect, or after it took effect. */
  readonly failure: number;
  /** The queue takes only part of a batch. */
  readonly halfAccepted: number;
  /** A request is slow on its way, and others overtake it. */
  readonly slow: number;
  /** Something that is delivered at least once is delivered twice. */
  readonly repeat: number;
  /** How far a function's clock may be off, milliseconds. */
  readonly skewMs: number;
}

export const noFaults: Faults = { crash: 0, failure: 0, halfAccepted: 0, slow: 0, repeat: 0, skewMs: 0 };

/** One run of a function, which may die. */
export class Invocation {
  alive = true;
  readonly #dies: () => void;

  constructor(dies: () => void) {
    this.#dies = dies;
  }

  die(): void {
    this.alive = false;
    this.#dies();
  }
}

const never = () => new Promise<never>(() => {});

/** Between the functions and the services: every request takes time, may fail, and may be the last of its function. */
export class Network {
  readonly clock: Time;
  readonly chance: Chance;
  faults: Faults;

  constructor(clock: Time, chance: Chance, faults: Faults) {
    this.clock = clock;
    this.chance = chance;
    this.faults = faults;
  }

  /** What a request does happens at one moment, somewhere between its sending and its answer. */
  async request<Result>(from: Invocation, effect: () => Result): Promise<Result> {
    await this.#travel(from);
    if (this.chance.happens(this.faults.failure / 2)) throw new Error('the service does not answer');
    const result = effect();
    await this.#travel(from);
    if (this.chance.happens(this.faults.failure / 2)) throw new Error('the answer is lost');
    return result;
  }

  async #travel(from: Invocation): Promise<void> {
    if (this.chance.happens(this.faults.crash / 2)) from.die();
    if (!from.alive) await never();
    await this.clock.sleep(
      this.chance.happens(this.faults.slow) ? this.chance.between(100, 4_000) : this.chance.between(1, 15),
    );
    if (!from.alive) await never();
  }
}

/** An object whose every method is a request from an invocation. */
export function remote<Service extends object>(service: Service, network: Network, from: Invocation): Service {
  return new Proxy(service, {
    get: (target, name) => {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => network.request(from, () => member.apply(target, args));
    },
  });
}
