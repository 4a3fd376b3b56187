import { FAILURES_TO_PARK, parkingStates, type State } from '../../../functions/core/breaker.ts';
import { inBatches, inWaves } from '../../../functions/core/waves.ts';
import { Chance } from '../../model/chance.ts';
import { type Batch, runBatch } from './batch.ts';
import { Events } from './events.ts';
import { GroupQueue, type Message } from './group-queue.ts';
import { drawer, type Load, type System, zipf } from './load.ts';
import { quotas } from './quotas.ts';
import type { Course, Stream } from './simulation-course.ts';

/** The limits of one request to SQS. */
const SEND_BATCH = 10;

/** The batch size of the stream mappings. A window ends when this number of records waits. */
const FULL = 100;

/**
 * The system as an event simulation. The functions' own core decides (consecutive failures, retry delays, parking, waves), and
 * latencies are those of test/model/network.ts. A request takes 2 to 30 ms.
 */
export class Simulation {
  readonly events = new Events();
  readonly chance: Chance;
  readonly load: Load;
  readonly course: Course = {
    delays: [],
    openedAt: Number.POSITIVE_INFINITY,
    seconds: [],
    changes: 0,
    captures: 0,
    batches: 0,
    handled: 0,
    sends: 0,
    healthy: [],
  };
  /** The state of the first trigger, whose receiver hangs. The others stay active. */
  dead: { state: State; consecutiveFailures: number } = { state: 'active', consecutiveFailures: 0 };
  readonly queue: GroupQueue;
  readonly #system: System;
  readonly #streams: Stream[];
  #idle: number;
  #waking = 0;
  #partitionFree = 0;
  #parked = 0;

  constructor(load: Load, system: System, seed: number) {
    this.load = load;
    this.#system = system;
    this.chance = new Chance(seed);
    this.queue = new GroupQueue(this.events);
    this.queue.onReady = () => this.#wake();
    this.#idle = system.workers;
    this.#streams = Array.from({ length: system.shards }, () => ({ waiting: [], running: false, windows: 0 }));
  }

  run(): Course {
    const trigger = drawer(this.load.weights, this.chance);
    const record = drawer(zipf(this.load.records, this.load.skew), this.chance);
    const change = () => {
      if (this.events.now >= this.load.seconds * 1000) return;
      const message = { trigger: trigger(), record: record(), changedAt: this.events.now, attempts: 0 };
      this.course.changes++;
      if (message.trigger !== 0) this.course.healthy.push(message);
      this.#write(message);
      this.events.after((-Math.log(1 - this.chance.random()) * 1000) / this.load.perSecond, change);
    };
    change();
    for (let second = 1; second <= this.load.seconds; second++) {
      this.events.runUntil(second * 1000);
      this.course.seconds.push({
        busy: this.#system.workers - this.#idle - this.#waking,
        queued: this.queue.length,
        inFlight: this.queue.inFlight,
        streamed: this.#streams.reduce((sum, { waiting }) => sum + waiting.length, 0),
        parked: this.#parked,
        handled: this.course.handled,
      });
    }
    // After the last change, pending notifications can still be delivered.
    this.events.runUntil((this.load.seconds + 10) * 1000);
    return this.course;
  }

  /** The duration of a request: both directions. */
  hop(): number {
    return this.chance.between(1, 15);
  }

  roundTrip(): number {
    return this.hop() + this.hop();
  }

  get isParked(): boolean {
    return parkingStates.has(this.dead.state);
  }

  /** @returns Whether the trigger is parked now. */
  countFailure(): boolean {
    if (this.dead.state !== 'active' || ++this.dead.consecutiveFailures < FAILURES_TO_PARK) return false;
    this.dead.state = 'parked';
    this.course.openedAt = this.events.now;
    return true;
  }

  /** Puts this number of items into the backlog of the trigger that is down. @returns The duration in milliseconds. */
  park(items: number): number {
    const arrival = this.events.now + this.hop();
    const taken =
      Math.max(arrival, this.#partitionFree) +
      (items * 1000) / (quotas.partitionWrites.limit * this.#system.backlogPartitions);
    this.#partitionFree = taken;
    this.#parked += items;
    return taken + this.hop() - this.events.now;
  }

  #write(message: Message): void {
    const stream = this.#streams[message.record % this.#streams.length];
    if (!stream) return;
    stream.waiting.push(message);
    if (stream.full && stream.waiting.length >= FULL) stream.full();
    if (stream.running) return;
    stream.running = true;
    this.events.after(this.chance.between(0, 250), () => this.#gather(stream));
  }

  /** A run begins when its batch is full or the window of the mapping is over, whichever is first. */
  #gather(stream: Stream): void {
    const { captureWindowMs } = this.#system;
    if (captureWindowMs === 0 || stream.waiting.length >= FULL) {
      this.#capture(stream);
      return;
    }
    const window = ++stream.windows;
    const end = () => {
      // The batch of this timer was full earlier.
      if (!stream.full || window !== stream.windows) return;
      stream.full = undefined;
      this.#capture(stream);
    };
    stream.full = end;
    this.events.after(captureWindowMs, end);
  }

  /** One batch after another, with the changes of each record in waves. */
  #capture(stream: Stream): void {
    const batch = stream.waiting.slice(0, this.#system.captureBatch(this.chance));
    if (batch.length === 0) {
      stream.running = false;
      return;
    }
    this.course.captures++;
    const waves = inWaves(batch, ({ record }) => String(record));
    const send = (index: number): void => {
      const wave = waves[index];
      if (!wave) {
        stream.waiting.splice(0, batch.length);
        if (stream.waiting.length > 0) this.#gather(stream);
        else stream.running = false;
        return;
      }
      const parks = inBatches(wave, SEND_BATCH).map((messages) => {
        const there = this.hop();
        this.course.sends++;
        this.events.after(there, () => {
          for (const message of messages) this.queue.send(message);
        });
        return there + this.hop();
      });
      this.events.after(Math.max(...parks), () => send(index + 1));
    };
    this.events.after(this.roundTrip(), () => send(0));
  }

  #wake(): void {
    for (; this.#idle > 0; this.#idle--) {
      this.#waking++;
      this.events.after(this.chance.between(...this.#system.pauseMs), () => this.#poll());
    }
  }

  #poll(): void {
    this.#waking--;
    const messages = this.queue.receive(this.#system.deliverBatch);
    if (messages.length === 0) {
      this.#idle++;
      return;
    }
    this.course.batches++;
    this.course.handled += messages.length;
    const batch: Batch = { messages, lanes: Map.groupBy(messages, ({ record }) => record) };
    runBatch(batch, this, () => {
      this.#waking++;
      this.events.after(this.chance.between(...this.#system.pauseMs), () => this.#poll());
    });
  }
}
