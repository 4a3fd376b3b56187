import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Prints the port that it listens on, and responds to every connection. */
const LISTENER = `
  require('node:net').createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nlate')).listen({ host: process.argv[1], port: Number(process.argv[2]), backlog: 1 },
    function () { console.log(this.address().port); });`;

/**
 * An address of this machine that neither accepts nor rejects connections, like a host behind a firewall. It is a stopped
 * process with a full queue of connections. Linux only, where every address of 127.0.0.0/8 is this machine.
 *
 * @param address Such as `127.0.0.2`.
 */
export async function unreachable(address: string, port = 0) {
  const child = spawn(process.execPath, ['-e', LISTENER, address, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await child.stdout.take(1).toArray()) as Buffer[];
  const at = { host: address, port: Number(line) };
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let isFull = false; !isFull; ) {
    const filler = connect(at).on('error', () => {});
    fillers.push(filler);
    isFull = await Promise.race([
      new Promise<boolean>((resolve) => filler.once('connect', () => resolve(false))),
      sleep(200, true),
    ]);
  }
  return {
    ...at,
    /** From now on it accepts. The system repeats a pending connection after a second and later. */
    accept() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGCONT');
    },
    [Symbol.dispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}
