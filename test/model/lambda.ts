import type { Chance } from './chance.ts';
import type { Time } from './clock.ts';
import { Environment, Invocation, type Network } from './network.ts';
import type { Watch } from './watch.ts';

/** The admin's machine, which is used once. */
export const ADMIN = 'admin';

/** Lambda: it runs functions in environments, which it freezes between two runs and uses again. */
export class Lambda {
  /** The number of functions that run now. */
  busy = 0;
  readonly #clock: Time;
  readonly #chance: Chance;
  readonly #network: Network;
  readonly #watch: Watch;
  readonly #pools = new Map<string, { readonly environment: Environment; readonly deps: object }[]>();

  constructor(clock: Time, chance: Chance, network: Network, watch: Watch) {
    this.#clock = clock;
    this.#chance = chance;
    this.#network = network;
    this.#watch = watch;
  }

  /** Runs a function until it ends, dies or times out. @returns Nothing if it died or timed out. */
  async invoke<Deps extends object, Result>(
    name: string,
    limitMs: number,
    makeDeps: (environment: Environment, now: () => number) => Deps,
    run: (deps: Deps, invocation: Invocation, remainingMs: () => number) => Promise<Result>,
  ): Promise<{ readonly result: Result } | { readonly error: unknown } | undefined> {
    const end = this.#clock.now() + limitMs;
    const { environment, deps } = this.#environment(name, makeDeps);
    this.busy++;
    const result = await new Promise<{ result: Result } | { error: unknown } | undefined>((resolve) => {
      const invocation = new Invocation(this.#clock.now(), () => resolve(undefined));
      const cancel = this.#clock.after(limitMs, () => environment.die());
      environment.begin(invocation);
      run(deps, invocation, () => end - this.#clock.now())
        .then(
          (result) => ({ result }),
          (error) => ({ error }),
        )
        .then((settled) => {
          cancel();
          invocation.settled = true;
          if (!environment.alive) return;
          environment.freeze();
          if (name !== ADMIN) this.#pool(name).push({ environment, deps });
          resolve(settled);
        });
    });
    if (!environment.alive) this.#watch.died(environment.name);
    this.busy--;
    return result;
  }

  #pool(name: string) {
    const pool = this.#pools.get(name) ?? [];
    this.#pools.set(name, pool);
    return pool;
  }

  /** Returns an environment, usually an idle one. */
  #environment<Deps extends object>(
    name: string,
    makeDeps: (environment: Environment, now: () => number) => Deps,
  ): { environment: Environment; deps: Deps } {
    const pool = this.#pool(name);
    const index = Math.floor(this.#chance.random() * (pool.length + 0.3));
    const [idle] = pool.splice(index, 1);
    if (idle) return idle as { environment: Environment; deps: Deps };
    const { skewMs } = this.#network.faults;
    const skew = skewMs === 0 ? 0 : Math.round(this.#chance.between(-skewMs, skewMs));
    const environment = new Environment(name);
    return { environment, deps: makeDeps(environment, () => this.#clock.now() + skew) };
  }
}
