// A function's process: `node function.ts HANDLER`, with an event in each message from its parent. See hosted.ts.
import { END_OF_RUN } from './hosted.ts';

const TIMEOUT_MS = 60_000;

/** The lead of all functions' clocks, so that caches expire earlier. */
let aheadMs = 0;
const { now } = Date;
Date.now = () => now() + aheadMs;

const { handler } = await import(process.argv[2] ?? '');

process.on('message', async (message: { event: unknown; aheadMs: number }) => {
  aheadMs = message.aheadMs;
  const end = Date.now() + TIMEOUT_MS;
  const before = process.cpuUsage();
  const ended = await handler(message.event, { getRemainingTimeInMillis: () => end - Date.now() }).then(
    (result: unknown) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  );
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(END_OF_RUN);
  process.send?.({ ...ended, cpuMs: (user + system) / 1000 });
});
process.send?.('ready');
