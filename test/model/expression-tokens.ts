import { InvalidExpression, type Kind } from './expression-parts.ts';

const TOKEN = /\s*(?:(#\w+|:\w+|[A-Za-z_]\w*|\d+)|(<>|<=|>=|[=<>()+\-,.[\]]))/y;

/** The tokens of an expression, and the place up to which they are parsed. */
export class TokenReader {
  protected readonly kind: Kind;
  protected readonly text: string;
  protected readonly tokens: string[] = [];
  protected at = 0;

  constructor(kind: Kind, text: string) {
    this.kind = kind;
    this.text = text;
    if (text.trim() === '') this.fail('The expression can not be empty;');
    if (text.length > 4096) this.fail('Expression size has exceeded the maximum allowed size;');
    this.#tokenize();
  }

  protected fail(why: string): never {
    throw new InvalidExpression(`Invalid ${this.kind}: ${why}`);
  }

  protected unexpected(): never {
    const near = this.tokens.slice(Math.max(0, this.at - 1), this.at + 2).join(' ');
    this.fail(`Syntax error; token: "${this.tokens[this.at] ?? '<EOF>'}", near: "${near}"`);
  }

  #tokenize(): void {
    TOKEN.lastIndex = 0;
    for (;;) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(this.text);
      if (!match) {
        const rest = this.text.slice(from).trim();
        if (rest !== '') this.fail(`Syntax error; token: "${rest[0]}", near: "${rest.slice(0, 10)}"`);
        return;
      }
      this.tokens.push(match[1] ?? match[2] ?? '');
    }
  }

  protected isNext(token: string): boolean {
    const next = this.tokens[this.at];
    return next === token || (/^[A-Z]/.test(token) && next?.toUpperCase() === token);
  }

  protected takes(token: string): boolean {
    if (!this.isNext(token)) return false;
    this.at++;
    return true;
  }

  protected expect(token: string): void {
    if (!this.takes(token)) this.unexpected();
  }

  protected list<T>(one: () => T): T[] {
    const all = [one()];
    while (this.takes(',')) all.push(one());
    return all;
  }
}
