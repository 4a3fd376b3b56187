import { errorFields, log } from '../adapters/logger.ts';
import type { TriggerNow, Triggers, TriggersNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';

/** How often a batch that is not done looks at its triggers again. */
const WATCH_MS = 1_000;

interface WatchDeps {
  readonly triggers: Pick<Triggers, 'read'>;
  after(milliseconds: number, act: () => void): () => void;
}

/**
 * The triggers as a batch knows them: as they were read at its beginning, with what was learnt since. Once one is known to
 * be no longer active, its attempts are cut off: others wait for the function that they take up.
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
    if (now.state !== 'active') this.#cut(trigger).abort();
  }

  /** Cuts off the attempts at a trigger. */
  cutOff(trigger: Trigger): AbortSignal {
    return this.#cut(trigger).signal;
  }

  /**
   * Looks at the triggers that are attempted now and then, for another function may have parked one. A batch that is done
   * within a second, as a healthy one is, never looks.
   *
   * @returns What ends it.
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
