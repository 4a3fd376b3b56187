import { sizeOf, typeOf } from './dynamodb-values.ts';
import {
  missing,
  type Operand,
  type Parsed,
  type Path,
  resolve,
  type Scope,
  valueAt,
  wrongType,
} from './expression-parts.ts';
import { TokenReader } from './expression-tokens.ts';
import { reservedWords } from './reserved-words.ts';

/** The number of operands of each function. */
export const functions: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
  if_not_exists: 2,
  list_append: 2,
};

/** Parses operands and paths, and collects placeholders and checks. */
export class OperandParser extends TokenReader {
  readonly #names = new Set<string>();
  readonly #values = new Set<string>();
  readonly #checks: ((scope: Scope) => void)[] = [];

  /** Checks that the whole text is parsed. */
  protected complete(content: Pick<Parsed, 'condition' | 'actions' | 'paths'>): Parsed {
    if (this.at < this.tokens.length) this.unexpected();
    return { names: this.#names, values: this.#values, checks: this.#checks, ...content };
  }

  /** Parses a projection. */
  paths(): Parsed {
    const paths = this.list(() => this.path());
    this.rejectOverlap(paths);
    return this.complete({ paths });
  }

  protected operand(): Operand {
    const token = this.tokens[this.at] ?? '';
    if (token.startsWith(':')) {
      this.at++;
      this.#values.add(token);
      return { text: token, value: token, of: ({ values }) => values[token] };
    }
    if (this.tokens[this.at + 1] === '(' && /^[A-Za-z]/.test(token)) {
      if (!Object.hasOwn(functions, token)) this.fail(`Invalid function name; function: ${token}`);
      return this.value(token);
    }
    const path = this.path();
    return { text: `[${path.join(', ')}]`, path, of: ({ item, names }) => valueAt(item, path, names) };
  }

  /** Parses a function that returns a value. */
  protected value(name: string): Operand {
    const isUpdate = this.kind === 'UpdateExpression';
    if (isUpdate ? name !== 'if_not_exists' && name !== 'list_append' : name !== 'size') this.misplaced(name);
    const [first, second] = this.arguments(name) as [Operand, Operand];
    if (name !== 'list_append' && !first.path)
      this.fail(`Operator or function requires a document path; operator or function: ${name}`);
    const text = `${name}(${first.text})`;
    if (name === 'size')
      return {
        text,
        of: (scope) => {
          const value = first.of(scope);
          const size = value && sizeOf(value);
          return size === undefined ? undefined : { N: String(size) };
        },
      };
    if (name === 'if_not_exists') return { text, of: (scope) => first.of(scope) ?? second.of(scope) };
    return {
      text,
      of: (scope) => {
        const lists = [first, second].map((operand) => operand.of(scope) ?? missing());
        return { L: lists.flatMap((list) => list.L ?? wrongType()) };
      },
    };
  }

  protected path(): Path {
    const path: (string | number)[] = [this.name()];
    for (;;) {
      if (this.takes('.')) path.push(this.name());
      else if (this.takes('[')) {
        if (!/^\d+$/.test(this.tokens[this.at] ?? '')) this.unexpected();
        path.push(Number(this.tokens[this.at++]));
        this.expect(']');
      } else return path;
    }
  }

  protected name(): string {
    const token = this.tokens[this.at] ?? '';
    if (!/^[#A-Za-z_]/.test(token)) this.unexpected();
    if (reservedWords.has(token.toUpperCase()))
      this.fail(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    this.at++;
    if (token.startsWith('#')) this.#names.add(token);
    return token;
  }

  protected arguments(name: string): Operand[] {
    this.at++;
    this.expect('(');
    const operands = this.list(() => this.operand());
    this.expect(')');
    if (operands.length !== functions[name])
      this.fail(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    return operands;
  }

  protected misplaced(name: string): never {
    this.fail(`The function is not allowed to be used this way in an expression; function: ${name}`);
  }

  protected checkType(operator: string, operand: Operand, allowed: readonly string[]): void {
    const { value } = operand;
    if (!value) return;
    this.check(({ values }) => {
      const type = values[value] && typeOf(values[value]);
      if (type && !allowed.includes(type))
        this.fail(
          `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
        );
    });
  }

  protected distinct(operator: string, operands: readonly Operand[]): void {
    const [first, ...others] = operands;
    if (first && others.some(({ text }) => text === first.text))
      this.fail(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first.text}`,
      );
  }

  protected rejectOverlap(paths: readonly Path[]): void {
    this.check(({ names }) => {
      const resolved = paths.map((path) => resolve(path, names));
      for (const [i, one] of resolved.entries())
        for (const other of resolved.slice(i + 1))
          if (one.slice(0, other.length).every((step, at) => step === other[at]))
            this.fail(
              `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${one.join(', ')}], path two: [${other.join(', ')}]`,
            );
    });
  }

  protected check(check: (scope: Scope) => void): void {
    this.#checks.push(check);
  }
}
