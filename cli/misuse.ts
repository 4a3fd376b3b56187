/** Wrong usage; exit status 2. */
export class Misuse extends Error {
  /** One sentence, or empty. */
  readonly fix: string;

  constructor(message: string, fix = '') {
    super(message);
    this.fix = fix;
  }
}
