import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { BackfillProgress } from '../functions/operations/backfill.ts';
import { UserError } from '../functions/operations/user-error.ts';

/** Identifies a backfill. A stopped backfill continues only if all of these are equal. */
export interface BackfillOf {
  readonly trigger: BackfillProgress['trigger'];
  /** The table to read. Each deployment has its own tables. */
  readonly table: string;
  readonly since?: string | undefined;
  readonly by: string;
}

const fileShape = z.object({
  trigger: z.string(),
  table: z.string(),
  since: z.optional(z.string()),
  by: z.string(),
  run: z.string(),
  sent: z.int(),
  skipped: z.int(),
  after: z.optional(z.record(z.string(), z.looseObject({}))),
  done: z.boolean(),
});

/** The progress of a backfill that has not begun. */
export function newBackfill(trigger: BackfillProgress['trigger']): BackfillProgress {
  return { trigger, run: randomUUID(), sent: 0, skipped: 0, done: false };
}

/** The file that stores the progress of a backfill, so that a stopped backfill can continue. */
export class BackfillFile {
  readonly #file: string;
  readonly #of: BackfillOf;

  constructor(of: BackfillOf, folder = '.') {
    this.#file = `${folder}/crm-triggers-backfill-${of.trigger}.json`;
    this.#of = of;
  }

  /** @returns The stored progress, or a new one if there is no file. @throws {UserError} When the file is of another backfill. */
  async read(): Promise<BackfillProgress> {
    const { trigger, table, since, by } = this.#of;
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new UserError(`Cannot read ${this.#file}: ${error.code}.`);
    });
    if (text === undefined) return newBackfill(trigger);
    const stored = fileShape.safeParse(fromJson(text)).data;
    const isSame =
      stored && stored.trigger === trigger && stored.table === table && stored.since === since && stored.by === by;
    if (!isSame)
      throw new UserError(
        `${this.#file} belongs to another backfill: its deployment, --since or --by differ. ` +
          'To continue that backfill, give the same options. To begin a new one, delete the file.',
      );
    const { run, sent, skipped, after, done } = stored;
    return { trigger, run, sent, skipped, ...(after && { after }), done };
  }

  /** Replaces the file in one step, so that an interruption leaves the old or the new file. */
  async write(progress: BackfillProgress): Promise<void> {
    const written = `${this.#file}.new`;
    await writeFile(written, JSON.stringify({ ...this.#of, ...progress }));
    await rename(written, this.#file);
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
