import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Repeats an action while `goesOn` returns true. @param url The URL to call. @returns The number of actions. */
export type Work = (goesOn: () => boolean, url: string) => Promise<number>;

/** One of the compared implementations. It prepares itself when it is called. */
export type Way = () => Promise<Work> | Work;

export interface Reported {
  readonly milliseconds: number;
  readonly url: string;
}

/** The work of a process and its duration. */
export interface Worked {
  readonly done: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

type Variables = Readonly<Record<string, string>>;

/** Starts a process with a message channel, and ends it at the end. Its output is dropped. @returns Also its first message. */
export async function forked<First>(program: string, args: readonly string[] = [], variables: Variables = {}) {
  const child = fork(new URL(program, import.meta.url), args, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => new Error(`${program} ${args.join(' ')} ended with ${code}.`));
  /** Its next message. */
  const next = async <Message>(): Promise<Message> => {
    const message = await Promise.race([once(child, 'message'), ended]);
    if (message instanceof Error) throw message;
    return message[0];
  };
  return {
    first: await next<First>(),
    ask<Message>(question: object | string): Promise<Message> {
      child.send(question);
      return next();
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}

/** Starts the variants of a module, each in a process of its own. */
export async function workers(module: URL, names: readonly string[], variables: Variables) {
  const started = await Promise.all(names.map((name) => forked('worker.ts', [module.href, name], variables)));
  return {
    /** Runs all work in turns of this length, so that other load on the machine affects all of them. */
    async take(turns: number, reported: Reported): Promise<Worked[]> {
      const all = started.map((): Worked[] => []);
      for (let turn = 0; turn < turns; turn++)
        for (const [index, one] of started.entries()) all[index]?.push(await one.ask<Worked>(reported));
      return all.map(total);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

/** Returns the median turn, because other load on the machine can make single turns slow. */
function total(worked: readonly Worked[]): Worked {
  const sum = (name: keyof Worked) => worked.reduce((all, one) => all + one[name], 0);
  const costs = worked.map(({ cpuSeconds, done }) => cpuSeconds / done).sort((a, b) => a - b);
  const done = sum('done');
  return { done, seconds: sum('seconds'), cpuSeconds: (costs[Math.floor(costs.length / 2)] ?? Number.NaN) * done };
}
