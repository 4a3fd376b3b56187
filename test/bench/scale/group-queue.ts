import type { Events } from './events.ts';
import { Heap } from './heap.ts';

/** A notification in the simulation. Times are milliseconds since the start. */
export interface Message {
  readonly trigger: number;
  readonly record: number;
  readonly changedAt: number;
  attempts: number;
}

interface Group {
  readonly messages: { readonly sent: number; readonly message: Message }[];
  /** Number of invisible messages of the group. While there are any, none of its messages can be received. */
  hidden: number;
}

/** A FIFO queue by the rules of test/model/fifo-queue.ts, for many messages. */
export class GroupQueue {
  /** Called when a message may be available. */
  onReady: () => void = () => {};
  length = 0;
  inFlight = 0;
  readonly #events: Events;
  readonly #groups = new Map<number, Group>();
  /** Groups without an invisible message, by the age of their first message. */
  readonly #ready = new Heap<number>();
  #sent = 0;

  constructor(events: Events) {
    this.#events = events;
  }

  send(message: Message): void {
    const group = this.#groups.get(message.record) ?? { messages: [], hidden: 0 };
    this.#groups.set(message.record, group);
    group.messages.push({ sent: this.#sent++, message });
    this.length++;
    if (group.messages.length === 1) this.#offer(message.record, group);
    else if (group.hidden === 0) this.onReady();
  }

  receive(most: number): Message[] {
    const received: Message[] = [];
    while (received.length < most) {
      const record = this.#ready.pop()?.value;
      if (record === undefined) break;
      const group = this.#groups.get(record);
      if (!group) continue;
      const taken = group.messages.slice(0, most - received.length);
      group.hidden = taken.length;
      this.inFlight += taken.length;
      received.push(...taken.map(({ message }) => message));
    }
    return received;
  }

  /** A record's received messages: the first `done` are deleted, the others return after a time. */
  finish(record: number, done: number, seconds: number): void {
    const group = this.#groups.get(record);
    if (!group) return;
    const back = group.hidden - done;
    group.messages.splice(0, done);
    this.length -= done;
    this.inFlight -= done;
    const unlock = () => {
      this.inFlight -= back;
      group.hidden = 0;
      if (group.messages.length === 0) this.#groups.delete(record);
      else this.#offer(record, group);
    };
    if (back === 0) unlock();
    else this.#events.after(seconds * 1000, unlock);
  }

  #offer(record: number, group: Group): void {
    this.#ready.push(group.messages[0]?.sent ?? 0, record);
    this.onReady();
  }
}
