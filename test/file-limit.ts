import { setTimeout as sleep } from 'node:timers/promises';

// `npm test` loads this into the process of each test file. A file that does not end would hang the whole run.

/** Far above the slowest file on a busy machine. */
const LIMIT_MINUTES = Number(process.env.FILE_LIMIT_MINUTES ?? 15);

/** Time to stop what the tests started. */
const STOP_MS = 30_000;

void sleep(LIMIT_MINUTES * 60_000, undefined, { ref: false }).then(async () => {
  console.error(`This test file did not end within ${LIMIT_MINUTES} minutes, so it is stopped.`);
  process.kill(process.pid, 'SIGTERM');
  await sleep(STOP_MS);
  process.kill(process.pid, 'SIGKILL');
});
