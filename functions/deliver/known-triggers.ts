import { errorFields, log } from '../adapters/logger.ts';
import type { TriggerNow, Triggers, TriggersNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';

/** How often an unfinished batch reads its triggers again. */
const WATCH_MS = 1_000;

interface WatchDeps {
  readonly triggers: Pick<Triggers, 'read'>;
  after(milliseconds: number, act: () => void): () => void;
}

/**
 * The triggers of a batch: as they were read at its beginning, with later changes. When a trigger is parked or paused,
 * its attempts are aborted, because other triggers need the function.
 */
export class KnownTriggers {
  readonly #now: Map<Trigger, TriggerNow>;
  readonly #cuts = new Map<Trigger, AbortController>();

  constructor(read: TriggersNow) {
    this.#now = new Map(read);
  }

  get(trigger: Trigger): TriggerNow | undefined {
    return this.#now.get(trigger);
  }

  note(trigger: Trigger, learnt: Partial<TriggerNow>): void {
    const now = this.#now.get(trigger);
    if (now) this.#set(trigger, { ...now, ...learnt });
  }

  #set(trigger: Trigger, now: TriggerNow): void {
    this.#now.set(trigger, now);
    // While it drains, the receiver responds: its calls end soon.
    if (now.state !== 'active' && now.state !== 'draining') this.#cut(trigger).abort();
  }

  /** A signal that aborts the attempts of a trigger. */
  cutOff(trigger: Trigger): AbortSignal {
    return this.#cut(trigger).signal;
  }

  /**
   * Reads the triggers of the batch again from time to time, because another function can park one. A healthy batch
   * is done within a second and never does this.
   *
   * @returns Ends it.
   */
  watch(deps: WatchDeps): () => void {
    let ended = false;
    const look = async () => {
      const attempted = [...this.#cuts].filter(([, { signal }]) => !signal.aborted).map(([trigger]) => trigger);
      const again = attempted.length > 0 ? await deps.triggers.read(attempted) : [];
      for (const [trigger, now] of again) this.#set(trigger, now);
    };
    const wait = (): (() => void) =>
      deps.after(WATCH_MS, () => {
        look()
          .catch((error) => log('warn', 'cannot look at the triggers again', errorFields(error)))
          .finally(() => {
            if (!ended) cancel = wait();
          });
      });
    let cancel = wait();
    return () => {
      ended = true;
      cancel();
    };
  }

  #cut(trigger: Trigger): AbortController {
    const cut = this.#cuts.get(trigger) ?? new AbortController();
    this.#cuts.set(trigger, cut);
    return cut;
  }
}
