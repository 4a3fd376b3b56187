/** The ratio of two figures of one run on one machine. It can be compared between machines. */
export interface Ratio {
  /** Names it in all tables, charts and checks; unlike any other. */
  readonly what: string;
  readonly value: number;
  readonly better: 'more' | 'less';
  /** The minimum or maximum. */
  readonly target?: number;
  /** It says as much of the machine as of the code, and is compared with no other run's. */
  readonly isOfTheMachine?: boolean;
}

/** The figures of a ratio. The first row has the names of the columns. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** The results of one section of the bench. */
export interface Figures {
  readonly ratios: readonly Ratio[];
  readonly tables: readonly Table[];
  /** The files that `--write` writes, by their paths in the project. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A part of the bench. @param quick Only to see that it works: its figures mean nothing. */
export type Section = (quick: boolean) => Promise<Figures>;
