/** The fields that are read from Stryker's report: https://github.com/stryker-mutator/mutation-testing-elements */
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

/** A mutant that behaves like the code, so no test can kill it. It has no line number, so edits elsewhere do not affect it. */
export interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly replacement: string;
  /** The text of the line in which the code starts. Needed if the same code also occurs in other lines. */
  readonly line?: string;
  readonly reason: string;
}

interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly replacement: string;
}

/** Counts the mutants of a report. Equivalent mutants do not count in `share`, the killed share of the mutants. */
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
  const detected = killed + timeouts;
  const mutants = detected + survivors.length;
  return {
    mutants: mutants + equivalent,
    killed,
    timeouts,
    equivalent,
    survivors,
    share: mutants === 0 ? 1 : detected / mutants,
    unmatched: equivalents.filter((entry) => entry.file in report.files && !matched.has(entry)),
  };
}

function textAt(lines: readonly string[], { start, end }: Mutant['location']): string {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = text.at(-1)?.slice(0, end.column - 1) ?? '';
  text[0] = text[0]?.slice(start.column - 1) ?? '';
  return text.join('\n');
}

const flat = (code: string) => code.replace(/\s+/g, ' ').trim();
