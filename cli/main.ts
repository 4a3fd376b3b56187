#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';

// Exit quietly when the pipe closes (for example `| head`).
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
process.exitCode = await runCommandLine(process.argv.slice(2));
