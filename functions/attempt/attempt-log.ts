import type { DeliveryLogWriter } from '../adapters/delivery-log-writer.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { LogEntry } from '../core/log-entry.ts';
import { type Logged, loggedAttempts } from '../core/log-entry.ts';

/** The dependencies for logging attempts. */
export interface LoggingDeps {
  readonly log: Pick<DeliveryLogWriter, 'write'>;
  readonly logged: Logged;
}

/** Collects the attempts of one run of a function, and writes them to the delivery log with one request. */
export class AttemptLog {
  readonly #deps: LoggingDeps;
  #entries: LogEntry[] = [];

  constructor(deps: LoggingDeps) {
    this.#deps = deps;
  }

  note(entry: LogEntry): void {
    if (loggedAttempts[this.#deps.logged](entry)) this.#entries.push(entry);
  }

  /** Writes the collected attempts. It never throws: a missing entry must not affect a delivery. */
  async write(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length === 0) return;
    await this.#deps.log
      .write(entries)
      .catch((error) =>
        log('error', 'the delivery log lacks attempts', { attempts: entries.length, ...errorFields(error) }),
      );
  }
}
