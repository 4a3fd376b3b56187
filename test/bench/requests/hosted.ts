import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The resources of one run of a function. */
export interface Run {
  // biome-ignore lint/suspicious/noExplicitAny: what the handler returns
  readonly result: any;
  readonly cpuMs: number;
  readonly log: string;
}

/** A bundled function in a process of its own. Like Lambda, it handles one event at a time. */
export async function host(path: string, env: Readonly<Record<string, string>>) {
  const child = fork(new URL('function.ts', import.meta.url), [path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  await once(child, 'message');
  return {
    /** @param aheadMs The lead of its clock over ours. */
    async invoke(event: unknown, aheadMs: number): Promise<Run> {
      log = '';
      child.send({ event, aheadMs });
      const [{ result, error, cpuMs }] = await once(child, 'message');
      if (error) throw new Error(`${path}: ${error}`);
      // The log arrives on another stream, and ends with a marker line.
      while (!log.endsWith(END_OF_RUN)) await once(child.stdout as NodeJS.ReadableStream, 'data');
      return { result, cpuMs, log: log.slice(0, -END_OF_RUN.length) };
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

export const END_OF_RUN = '\u0000';
