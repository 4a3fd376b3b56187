const stops = new Set<() => Promise<unknown>>();
const interruption = new AbortController();

/** Aborted when this test process is told to end: what it waits for is given up, so that it can stop what it started. */
export const interrupted = interruption.signal;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Registers what stops a process of ours, so that Ctrl-C in the middle of a test stops it too. @returns The same, to call once. */
export function endWithUs(stop: () => Promise<unknown>): () => Promise<void> {
  if (!listening) listen();
  const once = async () => {
    if (stops.delete(once)) await stop();
  };
  stops.add(once);
  return once;
}

let listening = false;

function listen() {
  listening = true;
  for (const [signal, status] of Object.entries(SIGNALS))
    process.once(signal, async () => {
      interruption.abort(new Error(`interrupted by ${signal}`));
      await Promise.allSettled([...stops].map((stop) => stop()));
      process.exit(status);
    });
}
