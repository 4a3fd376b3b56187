/** A report of Stryker's, as far as it is read: https://github.com/stryker-mutator/mutation-testing-elements */
export interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Mutant {
  readonly status: string;
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

/** A mutant that was looked at and does the same as the code. Without line numbers, so that it outlives edits elsewhere. */
export interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly replacement: string;
  /** The line in which the code begins, where the same code stands in others too. */
  readonly line?: string;
  readonly reason: string;
}

interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly replacement: string;
}

/** Counts a report's mutants; those that no test can notice count for nothing. */
export function checked(report: Report, equivalents: readonly Equivalent[]) {
  const survivors: Survivor[] = [];
  const matched = new Set<Equivalent>();
  let killed = 0;
  let timeouts = 0;
  let equivalent = 0;
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    const lines = source.split('\n');
    for (const { status, location, replacement } of mutants) {
      if (status === 'Ignored') continue;
      const code = flat(textAt(lines, location));
      const line = lines[location.start.line - 1]?.trim();
      const same = equivalents.find(
        (entry) =>
          entry.file === file &&
          flat(entry.code) === code &&
          flat(entry.replacement) === flat(replacement) &&
          (entry.line === undefined || entry.line === line),
      );
      if (same) matched.add(same);
      if (status === 'Killed' || status === 'RuntimeError') killed++;
      else if (status === 'Timeout') timeouts++;
      else if (same) equivalent++;
      else survivors.push({ file, line: location.start.line, code, replacement: flat(replacement) });
    }
  }
  const noticed = killed + timeouts;
  const mutants = noticed + survivors.length;
  return {
    mutants: mutants + equivalent,
    killed,
    timeouts,
    equivalent,
    survivors,
    share: mutants === 0 ? 1 : noticed / mutants,
    unmatched: equivalents.filter((entry) => entry.file in report.files && !matched.has(entry)),
  };
}

function textAt(lines: readonly string[], { start, end }: Mutant['location']): string {
  const of = lines.slice(start.line - 1, end.line);
  of[of.length - 1] = of.at(-1)?.slice(0, end.column - 1) ?? '';
  of[0] = of[0]?.slice(start.column - 1) ?? '';
  return of.join('\n');
}

const flat = (code: string) => code.replace(/\s+/g, ' ').trim();
