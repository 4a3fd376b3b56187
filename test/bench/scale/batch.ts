import { nextRetrySeconds } from '../../../functions/core/backoff.ts';
import { SLOW_MS } from '../../../functions/core/breaker.ts';
import { inWaves } from '../../../functions/core/waves.ts';
import { atOnce } from '../../../functions/deliver/handle-outcome.ts';
import type { Message } from './group-queue.ts';
import type { Simulation } from './simulation.ts';

/** The defaults of infra/settings.ts. */
const RETRY_DELAYS = [5, 30, 120, 600];
const ATTEMPT_MS = 10_000;
/** The interval at which deliver reads its triggers again (known-triggers.ts). */
const WATCH_MS = 1_000;

export interface Batch {
  readonly messages: readonly Message[];
  /** Each record's, in order. */
  readonly lanes: ReadonlyMap<number, readonly Message[]>;
}

/** One run of deliver. @param ended Called when it has returned and Lambda has deleted the handled messages. */
export function runBatch({ messages, lanes }: Batch, simulation: Simulation, ended: () => void): void {
  new Run(messages, lanes, simulation, ended).start();
}

class Run {
  readonly #messages: readonly Message[];
  readonly #lanes: Batch['lanes'];
  readonly #simulation: Simulation;
  readonly #ended: () => void;
  /** Functions that abort the attempts of the trigger that is down. */
  readonly #cuts = new Set<() => void>();
  readonly #settled: { record: number; done: number; seconds: number }[] = [];
  #parking = new Set<Message>();
  #parked = false;
  readonly #afterParking: (() => void)[] = [];
  /** Whether this run knows that the trigger is no longer active. */
  #knows = false;
  #over = false;

  constructor(messages: readonly Message[], lanes: Batch['lanes'], simulation: Simulation, ended: () => void) {
    this.#messages = messages;
    this.#lanes = lanes;
    this.#simulation = simulation;
    this.#ended = ended;
  }

  start(): void {
    this.#after(this.#simulation.roundTrip(), () => {
      this.#knows = this.#simulation.isParked;
      if (this.#knows) this.#parking = new Set(this.#messages.filter(({ trigger }) => trigger === 0));
      this.#park();
      this.#watch();
      for (const [record, lane] of this.#lanes) this.#next(record, lane, 0);
    });
  }

  #after(milliseconds: number, act: () => void): void {
    this.#simulation.events.after(milliseconds, act);
  }

  /** Puts the items of a record one after another, then reads the trigger again. */
  #park(): void {
    const waves = inWaves([...this.#parking], ({ record }) => String(record));
    const put = (index: number): void => {
      const wave = waves[index];
      if (wave) this.#after(this.#simulation.park(wave.length), () => put(index + 1));
      else {
        this.#parked = true;
        for (const go of this.#afterParking.splice(0)) go();
      }
    };
    if (waves.length === 0) this.#parked = true;
    else put(0);
  }

  #watch(): void {
    this.#after(WATCH_MS, () => {
      if (this.#over) return;
      this.#after(this.#cuts.size > 0 ? this.#simulation.roundTrip() : 0, () => {
        if (this.#simulation.isParked) this.#cutOff();
        this.#watch();
      });
    });
  }

  #cutOff(): void {
    this.#knows = true;
    for (const cut of [...this.#cuts]) cut();
  }

  #next(record: number, lane: readonly Message[], index: number): void {
    const message = lane[index];
    const go = () => this.#next(record, lane, index + 1);
    if (!message) this.#end(record, lane.length, 0);
    else if (this.#parking.has(message)) this.#lookAgain(go);
    else if (message.trigger !== 0) this.#deliver(message, go);
    else if (this.#knows) this.#end(record, index, atOnce.seconds);
    else this.#hang(message, (seconds) => this.#end(record, index, seconds));
  }

  /** After all items are parked, if the trigger is still parked. */
  #lookAgain(done: () => void): void {
    const look = () => this.#after(this.#simulation.roundTrip(), done);
    if (this.#parked) look();
    else this.#afterParking.push(look);
  }

  #deliver(message: Message, done: () => void): void {
    const { course, events, load } = this.#simulation;
    this.#after(this.#simulation.hop(), () => {
      course.delays.push({ changedAt: message.changedAt, record: message.record, ms: events.now - message.changedAt });
      this.#after(this.#simulation.hop() + load.responseMs, done);
    });
  }

  /**
   * An attempt without a response. It counts as a failure when it is slow, and ends at its time limit or when it is aborted.
   */
  #hang(message: Message, waiting: (seconds: number) => void): void {
    let open = true;
    const end = () => {
      if (!open) return;
      open = false;
      this.#cuts.delete(end);
      message.attempts++;
      const seconds =
        nextRetrySeconds(message.attempts, RETRY_DELAYS, this.#simulation.chance.random()) ?? atOnce.seconds;
      this.#after(this.#simulation.roundTrip(), () => waiting(seconds));
    };
    this.#cuts.add(end);
    this.#after(SLOW_MS, () => {
      if (open)
        this.#after(this.#simulation.roundTrip(), () => {
          if (this.#simulation.countFailure()) this.#after(this.#simulation.roundTrip(), () => this.#cutOff());
        });
    });
    this.#after(this.#simulation.roundTrip() + ATTEMPT_MS, end);
  }

  #end(record: number, done: number, seconds: number): void {
    this.#settled.push({ record, done, seconds });
    if (this.#settled.length < this.#lanes.size) return;
    this.#over = true;
    // Writes the log, and returns the remaining messages to the queue.
    this.#after(this.#simulation.roundTrip(), () => {
      for (const one of this.#settled) this.#simulation.queue.finish(one.record, one.done, one.seconds);
      this.#ended();
    });
  }
}
