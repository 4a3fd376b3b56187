import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { added, changedSet, compare, content, type Item, isEqual, sizeOf, typeOf } from './dynamodb-values.ts';
import { reservedWords } from './reserved-words.ts';

export type Kind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** What an expression is evaluated with. */
export interface Scope {
  readonly item: Item | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** Why DynamoDB rejects an expression. */
export class InvalidExpression extends Error {}

/** An attribute, or a part of one: `#a.b[0]`. */
type Path = readonly (string | number)[];

interface Operand {
  readonly text: string;
  readonly path?: Path;
  readonly value?: string;
  /** The value, if there is one. */
  readonly of: (scope: Scope) => AttributeValue | undefined;
}

/** A part of a condition. */
export interface Condition {
  readonly operator: string;
  readonly operands: readonly Operand[];
  readonly inner: readonly Condition[];
  readonly isMet: (scope: Scope) => boolean;
}

interface Action {
  readonly section: 'SET' | 'REMOVE' | 'ADD' | 'DELETE';
  readonly path: Path;
  readonly operand?: Operand;
}

interface Parsed {
  /** Placeholders in it. */
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  /** What depends on the values of a request. */
  readonly checks: readonly ((scope: Scope) => void)[];
  readonly condition?: Condition;
  readonly actions?: readonly Action[];
  readonly paths?: readonly Path[];
}

const parsed = new Map<string, Parsed>();

/** Parses an expression; each text only once. @throws {InvalidExpression} */
export function parse(kind: Kind, text: string): Parsed {
  const key = `${kind} ${text}`;
  const known = parsed.get(key);
  if (known) return known;
  const fresh = new Parser(kind, text).parse();
  parsed.set(key, fresh);
  return fresh;
}

const TOKEN = /\s*(?:(#\w+|:\w+|[A-Za-z_]\w*|\d+)|(<>|<=|>=|[=<>()+\-,.[\]]))/y;

const functions: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
  if_not_exists: 2,
  list_append: 2,
};

const comparators: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

class Parser {
  readonly #kind: Kind;
  readonly #text: string;
  readonly #tokens: string[] = [];
  readonly #names = new Set<string>();
  readonly #values = new Set<string>();
  readonly #checks: ((scope: Scope) => void)[] = [];
  #at = 0;

  constructor(kind: Kind, text: string) {
    this.#kind = kind;
    this.#text = text;
  }

  parse(): Parsed {
    if (this.#text.trim() === '') this.#fail('The expression can not be empty;');
    if (this.#text.length > 4096) this.#fail('Expression size has exceeded the maximum allowed size;');
    this.#tokenize();
    const content = this.#content();
    if (this.#at < this.#tokens.length) this.#unexpected();
    return { names: this.#names, values: this.#values, checks: this.#checks, ...content };
  }

  #content(): Pick<Parsed, 'condition' | 'actions' | 'paths'> {
    if (this.#kind === 'UpdateExpression') return { actions: this.#update() };
    if (this.#kind !== 'ProjectionExpression') return { condition: this.#or() };
    const paths = this.#list(() => this.#path());
    this.#rejectOverlap(paths);
    return { paths };
  }

  #fail(why: string): never {
    throw new InvalidExpression(`Invalid ${this.#kind}: ${why}`);
  }

  #unexpected(): never {
    const near = this.#tokens.slice(Math.max(0, this.#at - 1), this.#at + 2).join(' ');
    this.#fail(`Syntax error; token: "${this.#tokens[this.#at] ?? '<EOF>'}", near: "${near}"`);
  }

  #tokenize(): void {
    TOKEN.lastIndex = 0;
    for (;;) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(this.#text);
      if (!match) {
        const rest = this.#text.slice(from).trim();
        if (rest !== '') this.#fail(`Syntax error; token: "${rest[0]}", near: "${rest.slice(0, 10)}"`);
        return;
      }
      this.#tokens.push(match[1] ?? match[2] ?? '');
    }
  }

  #isNext(token: string): boolean {
    const next = this.#tokens[this.#at];
    return next === token || (/^[A-Z]/.test(token) && next?.toUpperCase() === token);
  }

  #takes(token: string): boolean {
    if (!this.#isNext(token)) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#unexpected();
  }

  #list<T>(one: () => T): T[] {
    const all = [one()];
    while (this.#takes(',')) all.push(one());
    return all;
  }

  #or(): Condition {
    const inner = [this.#and()];
    while (this.#takes('OR')) inner.push(this.#and());
    if (inner.length === 1) return inner[0] as Condition;
    return {
      operator: 'OR',
      operands: [],
      inner,
      isMet: (scope) => inner.some(({ isMet }) => isMet(scope)),
    };
  }

  #and(): Condition {
    const inner = [this.#not()];
    while (this.#takes('AND')) inner.push(this.#not());
    if (inner.length === 1) return inner[0] as Condition;
    return {
      operator: 'AND',
      operands: [],
      inner,
      isMet: (scope) => inner.every(({ isMet }) => isMet(scope)),
    };
  }

  #not(): Condition {
    if (!this.#takes('NOT')) return this.#simple();
    const inner = this.#not();
    return { operator: 'NOT', operands: [], inner: [inner], isMet: (scope) => !inner.isMet(scope) };
  }

  #simple(): Condition {
    const open = this.#at;
    if (this.#takes('(')) {
      const inside = this.#or();
      this.#expect(')');
      if (this.#tokens[open + 1] === '(' && this.#closing(open + 1) === this.#at - 2)
        this.#fail('The expression has redundant parentheses;');
      return inside;
    }
    const name = this.#tokens[this.#at] ?? '';
    if (name !== 'size' && this.#tokens[this.#at + 1] === '(' && /^[A-Za-z]/.test(name)) return this.#function(name);
    return this.#comparison(this.#operand());
  }

  /** Where the parenthesis closes that opens at a token. */
  #closing(open: number): number {
    let depth = 0;
    return this.#tokens.findIndex((token, at) => {
      if (at < open) return false;
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
      return depth === 0;
    });
  }

  #function(name: string): Condition {
    if (!Object.hasOwn(functions, name)) this.#fail(`Invalid function name; function: ${name}`);
    if (name === 'if_not_exists' || name === 'list_append') this.#misplaced(name);
    const operands = this.#arguments(name);
    if (this.#tokens[this.#at] && /^(=|<>|<|<=|>|>=|IN|BETWEEN)$/i.test(this.#tokens[this.#at] ?? ''))
      this.#misplaced(name);
    const [first, second] = operands as [Operand, Operand];
    const isMet: Record<string, (scope: Scope) => boolean> = {
      attribute_exists: (scope) => first.of(scope) !== undefined,
      attribute_not_exists: (scope) => first.of(scope) === undefined,
      attribute_type: (scope) => {
        const value = first.of(scope);
        return value !== undefined && typeOf(value) === second.of(scope)?.S;
      },
      begins_with: (scope) => beginsWith(first.of(scope), second.of(scope)),
      contains: (scope) => contains(first.of(scope), second.of(scope)),
    };
    if (name.startsWith('attribute_') && !first.path)
      this.#fail(`Operator or function requires a document path; operator or function: ${name}`);
    if (name === 'begins_with') for (const operand of operands) this.#checkType(name, operand, ['S', 'B']);
    if (name === 'attribute_type') this.#checkType(name, second, ['S']);
    if (second) this.#distinct(name, operands);
    return { operator: name, operands, inner: [], isMet: isMet[name] ?? (() => this.#misplaced(name)) };
  }

  #misplaced(name: string): never {
    this.#fail(`The function is not allowed to be used this way in an expression; function: ${name}`);
  }

  #arguments(name: string): Operand[] {
    this.#at++;
    this.#expect('(');
    const operands = this.#list(() => this.#operand());
    this.#expect(')');
    if (operands.length !== functions[name])
      this.#fail(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    return operands;
  }

  #comparison(first: Operand): Condition {
    const operator = (this.#tokens[this.#at] ?? '').toUpperCase();
    const build = (operands: readonly Operand[], isMet: Condition['isMet']): Condition => {
      this.#distinct(operator, operands);
      return { operator, operands, inner: [], isMet };
    };
    if (this.#takes('BETWEEN')) {
      const low = this.#operand();
      this.#expect('AND');
      const high = this.#operand();
      for (const operand of [first, low, high]) this.#checkType(operator, operand, ['S', 'N', 'B']);
      this.#checkBounds(low, high);
      return build([first, low, high], (scope) => {
        const [value, from, to] = [first.of(scope), low.of(scope), high.of(scope)];
        return value !== undefined && isOrdered(from, value) && isOrdered(value, to);
      });
    }
    if (this.#takes('IN')) {
      this.#expect('(');
      const others = this.#list(() => this.#operand());
      this.#expect(')');
      return build([first, ...others], (scope) => {
        const value = first.of(scope);
        return value !== undefined && others.some((other) => isSame(value, other.of(scope)));
      });
    }
    if (!/^(=|<>|<|<=|>|>=)$/.test(operator)) this.#unexpected();
    this.#at++;
    const second = this.#operand();
    if (operator === '=')
      return build([first, second], (scope) => {
        const value = first.of(scope);
        return value !== undefined && isSame(value, second.of(scope));
      });
    if (operator === '<>')
      return build([first, second], (scope) => {
        const [value, other] = [first.of(scope), second.of(scope)];
        return !(value !== undefined && other !== undefined && isEqual(value, other));
      });
    for (const operand of [first, second]) this.#checkType(operator, operand, ['S', 'N', 'B']);
    const fits = comparators[operator] as (order: number) => boolean;
    return build([first, second], (scope) => {
      const [value, other] = [first.of(scope), second.of(scope)];
      const order = value && other && compare(value, other);
      return order !== undefined && fits(order);
    });
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at] ?? '';
    if (token.startsWith(':')) {
      this.#at++;
      this.#values.add(token);
      return { text: token, value: token, of: ({ values }) => values[token] };
    }
    if (this.#tokens[this.#at + 1] === '(' && /^[A-Za-z]/.test(token)) {
      if (!Object.hasOwn(functions, token)) this.#fail(`Invalid function name; function: ${token}`);
      return this.#value(token);
    }
    const path = this.#path();
    return { text: `[${path.join(', ')}]`, path, of: ({ item, names }) => valueAt(item, path, names) };
  }

  /** A function that gives a value. */
  #value(name: string): Operand {
    const isUpdate = this.#kind === 'UpdateExpression';
    if (isUpdate ? name !== 'if_not_exists' && name !== 'list_append' : name !== 'size') this.#misplaced(name);
    const [first, second] = this.#arguments(name) as [Operand, Operand];
    if (name !== 'list_append' && !first.path)
      this.#fail(`Operator or function requires a document path; operator or function: ${name}`);
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

  #path(): Path {
    const path: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.#takes('.')) path.push(this.#name());
      else if (this.#takes('[')) {
        if (!/^\d+$/.test(this.#tokens[this.#at] ?? '')) this.#unexpected();
        path.push(Number(this.#tokens[this.#at++]));
        this.#expect(']');
      } else return path;
    }
  }

  #name(): string {
    const token = this.#tokens[this.#at] ?? '';
    if (!/^[#A-Za-z_]/.test(token)) this.#unexpected();
    if (reservedWords.has(token.toUpperCase()))
      this.#fail(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    this.#at++;
    if (token.startsWith('#')) this.#names.add(token);
    return token;
  }

  #update(): Action[] {
    const actions: Action[] = [];
    const seen = new Set<string>();
    while (this.#at < this.#tokens.length) {
      const section = (this.#tokens[this.#at] ?? '').toUpperCase() as Action['section'];
      if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(section)) this.#unexpected();
      if (seen.has(section)) this.#fail(`The "${section}" section can only be used once in an update expression;`);
      seen.add(section);
      this.#at++;
      actions.push(...this.#list(() => this.#action(section)));
    }
    this.#rejectOverlap(actions.map(({ path }) => path));
    return actions;
  }

  #action(section: Action['section']): Action {
    const path = this.#path();
    if (section === 'REMOVE') return { section, path };
    if (section === 'SET') {
      this.#expect('=');
      return { section, path, operand: this.#sum() };
    }
    const operand = this.#operand();
    if (!operand.value) this.#unexpected();
    this.#checkType(section, operand, section === 'ADD' ? ['N', 'SS', 'NS', 'BS'] : ['SS', 'NS', 'BS']);
    return { section, path, operand };
  }

  #sum(): Operand {
    const isNested = this.#takes('(');
    const first = this.#operand();
    const sign = this.#takes('+') ? 1 : this.#takes('-') ? -1 : undefined;
    const second = sign && this.#operand();
    if (isNested) this.#expect(')');
    if (!sign || !second) return first;
    for (const operand of [first, second]) this.#checkType(sign === 1 ? '+' : '-', operand, ['N']);
    return {
      text: first.text,
      of: (scope) => {
        const [a, b] = [first.of(scope) ?? missing(), second.of(scope) ?? missing()];
        return { N: added(a.N ?? wrongType(), b.N ?? wrongType(), sign) };
      },
    };
  }

  #checkType(operator: string, operand: Operand, allowed: readonly string[]): void {
    const { value } = operand;
    if (!value) return;
    this.#checks.push(({ values }) => {
      const type = values[value] && typeOf(values[value]);
      if (type && !allowed.includes(type))
        this.#fail(
          `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
        );
    });
  }

  #checkBounds(low: Operand, high: Operand): void {
    const [from, to] = [low.value, high.value];
    if (!from || !to) return;
    this.#checks.push(({ values }) => {
      const [a, b] = [values[from], values[to]];
      const order = a && b && compare(a, b);
      if (a && b && order === undefined)
        this.#fail('The BETWEEN operator requires same data type for lower and upper bounds;');
      if (order !== undefined && order > 0)
        this.#fail('The BETWEEN operator requires upper bound to be greater than or equal to lower bound;');
    });
  }

  #distinct(operator: string, operands: readonly Operand[]): void {
    const [first, ...others] = operands;
    if (first && others.some(({ text }) => text === first.text))
      this.#fail(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first.text}`,
      );
  }

  #rejectOverlap(paths: readonly Path[]): void {
    this.#checks.push(({ names }) => {
      const resolved = paths.map((path) => resolve(path, names));
      for (const [i, one] of resolved.entries())
        for (const other of resolved.slice(i + 1))
          if (one.slice(0, other.length).every((step, at) => step === other[at]))
            this.#fail(
              `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${one.join(', ')}], path two: [${other.join(', ')}]`,
            );
    });
  }
}

function missing(): never {
  throw new InvalidExpression('The provided expression refers to an attribute that does not exist in the item');
}

function wrongType(): never {
  throw new InvalidExpression('An operand in the update expression has an incorrect data type');
}

const isSame = (a: AttributeValue, b: AttributeValue | undefined): boolean => b !== undefined && isEqual(a, b);

function isOrdered(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  const order = a && b && compare(a, b);
  return order !== undefined && order <= 0;
}

function beginsWith(value: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && start?.S !== undefined) return value.S.startsWith(start.S);
  if (value?.B === undefined || start?.B === undefined) return false;
  return Buffer.compare(value.B.subarray(0, start.B.length), start.B) === 0;
}

function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (!value || !part) return false;
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.L) return value.L.some((member) => isEqual(member, part));
  const [type, members] = content(value);
  if (!['SS', 'NS', 'BS'].includes(type) || typeOf(part) !== type[0]) return false;
  return (members as unknown[]).some((member) => isSame({ [type[0] as 'S']: member as string }, part));
}

/** The steps of a path without placeholders. */
export const resolve = (path: Path, names: Scope['names']): Path =>
  path.map((step) => (typeof step === 'string' && step.startsWith('#') ? (names[step] ?? step) : step));

function valueAt(item: Item | undefined, path: Path, names: Scope['names']): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item as Record<string, AttributeValue> };
  for (const step of resolve(path, names)) {
    value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
    if (value === undefined) return undefined;
  }
  return value;
}

/** The item that an update makes of one, and the paths that it wrote. Nothing of the item before is changed. */
export function updated(parsed: Parsed, scope: Scope): { item: Item; paths: readonly Path[] } {
  const actions = (parsed.actions ?? []).map((action) => ({
    ...action,
    path: resolve(action.path, scope.names),
    value: action.operand?.of(scope),
  }));
  let item: Item = scope.item ?? {};
  for (const { section, path, value, operand } of actions) {
    if (section === 'SET') item = withValue(item, path, value ?? (operand ? missing() : undefined));
    if (section === 'ADD') item = withValue(item, path, sum(valueAt(scope.item, path, {}), value as AttributeValue));
    if (section === 'DELETE') {
      const before = valueAt(scope.item, path, {});
      if (before && value && typeOf(before) !== typeOf(value)) wrongType();
      if (before && value) item = withValue(item, path, changedSet(before, value, 'delete'));
    }
  }
  // From the end: to take a member out of a list moves those behind it.
  for (const { section, path } of actions.toReversed())
    if (section === 'REMOVE' && valueAt(item, path, {}) !== undefined) item = withValue(item, path, undefined);
  return { item, paths: actions.map(({ path }) => path) };
}

function sum(before: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (before && typeOf(before) !== typeOf(value)) wrongType();
  if (value.N !== undefined) return { N: added(before?.N ?? '0', value.N) };
  return changedSet(before, value, 'add') as AttributeValue;
}

function withValue(item: Item, [name, ...rest]: Path, value: AttributeValue | undefined): Item {
  const changed = within(item[name as string], rest, value);
  const { [name as string]: _, ...others } = item;
  return changed === undefined ? others : { ...item, [name as string]: changed };
}

function within(
  before: AttributeValue | undefined,
  [step, ...rest]: Path,
  value: AttributeValue | undefined,
): AttributeValue | undefined {
  if (step === undefined) return value;
  if (typeof step === 'string' && before?.M)
    return { M: withValue(before.M, [step, ...rest], value) as Record<string, AttributeValue> };
  if (typeof step !== 'number' || !before?.L)
    throw new InvalidExpression('The document path provided in the update expression is invalid for update');
  const changed = within(before.L[step], rest, value);
  const at = Math.min(step, before.L.length);
  return { L: before.L.toSpliced(at, 1, ...(changed === undefined ? [] : [changed])) };
}

/** Of an item only what stands at some paths. */
export function projected(item: Item, paths: readonly Path[], names: Scope['names']): Item {
  let only: Item = {};
  for (const path of paths) {
    const steps = resolve(path, names);
    const value = valueAt(item, steps, {});
    if (value === undefined) continue;
    only = merged(only, steps, value);
  }
  return only;
}

function merged(into: Item, [name, ...rest]: Path, value: AttributeValue): Item {
  return { ...into, [name as string]: mergedValue(into[name as string], rest, value) };
}

function mergedValue(into: AttributeValue | undefined, [step, ...rest]: Path, value: AttributeValue): AttributeValue {
  if (step === undefined) return value;
  if (typeof step === 'number') return { L: [...(into?.L ?? []), mergedValue(undefined, rest, value)] };
  return { M: merged(into?.M ?? {}, [step, ...rest], value) as Record<string, AttributeValue> };
}
