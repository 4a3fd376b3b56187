/** Two figures of one run on one machine, divided: what can be compared between machines, and is. */
export interface Ratio {
  /** Names it in all tables, charts and checks; unlike any other. */
  readonly what: string;
  readonly value: number;
  readonly better: 'more' | 'less';
  /** What it should be at least, or at most. */
  readonly target?: number;
  /** It says as much of the machine as of the code, and is compared with no other run's. */
  readonly isOfTheMachine?: boolean;
}

/** What a ratio was made of. The first row's names are the columns. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** What one section of the bench found. */
export interface Figures {
  readonly ratios: readonly Ratio[];
  readonly tables: readonly Table[];
  /** What `--write` writes, by its path in the project: charts, and what others read. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A part of the bench. @param quick Only to see that it works: its figures mean nothing. */
export type Section = (quick: boolean) => Promise<Figures>;
