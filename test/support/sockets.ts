import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';

/** A TCP socket that listens. */
export interface Listening {
  readonly port: number;
  /** Whether only this machine can connect to it. */
  readonly isLoopback: boolean;
}

/** The lines of a file, or none without the file: a machine can lack IPv6, and a process can end. */
function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

/** The sockets that a process has open, by their inodes. */
function inodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104. Linux prints each four bytes in the byte order of the machine. */
const loopback =
  endianness() === 'LE' ? /^(?:[\dA-F]{6}7F|0{24}01000000|0{16}FFFF0000[\dA-F]{6}7F)$/ : /^(?:7F[\dA-F]{6}|0{31}1)$/;

/** The listening TCP sockets of these processes. Linux only. */
export function listeningSockets(pids: readonly number[]): Listening[] {
  const wanted = new Set(pids.flatMap(inodes));
  const rows = ['tcp', 'tcp6'].flatMap((name) => read(`/proc/net/${name}`)).map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, , , state, , , , , , inode = '']) => state === '0A' && wanted.has(inode))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { port: Number.parseInt(port, 16), isLoopback: loopback.test(address) };
    });
}
