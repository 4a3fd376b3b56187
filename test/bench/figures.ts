/** The ratio of two figures of one run on one machine. It can be compared between machines. */
export interface Ratio {
  /** Its unique name in all tables, charts and checks. */
  readonly what: string;
  readonly value: number;
  readonly better: 'more' | 'less';
  /** The minimum or maximum. */
  readonly target?: number;
  /** It depends on the machine as much as on the code, so it is not compared with other runs. */
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

/** A part of the bench. @param quick Runs only long enough to test the bench. The figures are meaningless. */
export type Section = (quick: boolean) => Promise<Figures>;
