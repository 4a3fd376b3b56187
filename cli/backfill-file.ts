import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { BackfillProgress } from '../functions/operations/backfill.ts';
import { UserError } from '../functions/operations/user-error.ts';

/** The parameters of a backfill: only the same backfill can continue. */
export interface BackfillOf {
  readonly trigger: BackfillProgress['trigger'];
  /** The table that is read: each deployment has its own. */
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

/** The file with the progress of a backfill, so that it can continue after it was stopped. */
export class BackfillFile {
  readonly #file: string;
  readonly #of: BackfillOf;

  constructor(of: BackfillOf, folder = '.') {
    this.#file = `${folder}/crm-triggers-backfill-${of.trigger}.json`;
    this.#of = of;
  }

  /** Where the backfill stands; a new one when none is kept. @throws {UserError} When the file is of another backfill. */
  async read(): Promise<BackfillProgress> {
    const { trigger, table, since, by } = this.#of;
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new UserError(`Cannot read ${this.#file}: ${error.code}.`);
    });
    if (text === undefined) return { trigger, run: randomUUID(), sent: 0, skipped: 0, done: false };
    const kept = fileShape.safeParse(fromJson(text)).data;
    const isSame = kept && kept.trigger === trigger && kept.table === table && kept.since === since && kept.by === by;
    if (!isSame)
      throw new UserError(
        `${this.#file} is not of this backfill: its deployment, --since or --by differ. ` +
          'To fix this, give the same options as then, or delete the file to begin anew.',
      );
    const { run, sent, skipped, after, done } = kept;
    return { trigger, run, sent, skipped, ...(after && { after }), done };
  }

  /** In one step: after an interruption either the old or the new file is there. */
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
