import { isTrigger, triggers } from '../functions/core/entity.ts';
import { loggedOutcomes } from '../functions/core/log-entry.ts';
import { stagePattern } from '../functions/core/stack-name.ts';
import { isLimit, MAX_LIMIT, MIN_LIMIT } from '../functions/core/trigger-settings.ts';
import { isLocalUrl } from '../functions/operations/forward-calls.ts';
import { quotedName } from '../functions/operations/quoted-name.ts';
import { Misuse } from './misuse.ts';
import { similarTrigger } from './suggest.ts';
import { readTime } from './time.ts';

export const formats = ['table', 'json', 'jsonl'] as const;

/** What a placeholder stands for. */
interface Value {
  /** The words that completion offers. */
  readonly words?: readonly string[];
  /** @param name The option, such as `--limit`. @throws {Misuse} */
  check?(entered: string, name: string): unknown;
}

/** The values of arguments and options, by their placeholders. All other placeholders stand for any text. */
const values: Readonly<Record<string, Value>> = {
  TRIGGER: { words: triggers, check: checkTrigger },
  OUTCOME: {
    words: loggedOutcomes,
    // `retry` is an alias of release 0.2.0.
    check: oneOf([...loggedOutcomes, 'retry'], 'outcome', `The outcomes are ${loggedOutcomes.join(', ')}.`),
  },
  [formats.join('|')]: {
    words: formats,
    check: oneOf(formats, 'output format', `The formats are ${formats.join(', ')}.`),
  },
  TIME: { words: ['1h', '24h', '7d', 'today', 'yesterday'], check: (entered) => readTime(entered) },
  'LOCAL-URL': { check: checkLocalUrl },
  N: { check: between(1, 10_000, 'a whole number', /^\d+$/) },
  'PER-SECOND': { check: between(1, 1_000, 'a number of notifications per second', /^\d+(?:\.\d+)?$/) },
  RATE: { words: ['off'], check: checkRate },
  STAGE: { check: matching(stagePattern, () => ['--stage is the name of a stage in cdk.json.']) },
  REGION: {
    check: matching(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/, (entered) => [
      `There is no region "${entered}".`,
      'Write it like eu-west-1.',
    ]),
  },
};

/** The words that a placeholder stands for: `show|rotate` are two, TRIGGER is eleven, URL is none. */
export function wordsOf(placeholder: string): readonly string[] {
  return placeholder.includes('|') ? placeholder.split('|') : (values[placeholder]?.words ?? []);
}

/** @throws {Misuse} If a placeholder cannot have this value. None can be empty, because an unset variable of a shell is. */
export function checkValue(placeholder: string, name: string, entered: string): void {
  if (entered === '') throw new Misuse(`${name.replace(/[[\]]/g, '')} is empty.`);
  if (Object.hasOwn(values, placeholder)) values[placeholder]?.check?.(entered, name);
  else if (placeholder.includes('|') && !wordsOf(placeholder).includes(entered))
    throw new Misuse(`${name} is one of ${wordsOf(placeholder).join(', ')}.`);
}

function checkTrigger(entered: string): void {
  if (isTrigger(entered)) return;
  const meant = similarTrigger(entered);
  const fix = meant ? `Did you mean ${meant}?` : `The triggers are ${triggers.join(', ')}.`;
  throw new Misuse(`There is no trigger ${quotedName(entered)}.`, fix);
}

function checkRate(entered: string, name: string): void {
  if (entered === 'off' || (/^(?:\d+\.?\d*|\.\d+)$/.test(entered) && isLimit(Number(entered)))) return;
  throw new Misuse(`${name} is a number of calls per second from ${MIN_LIMIT} to ${MAX_LIMIT}, or off.`);
}

function checkLocalUrl(entered: string): void {
  if (!isLocalUrl(entered))
    throw new Misuse('--forward takes only URLs of this machine.', 'Write it like http://localhost:3000/hook.');
}

function oneOf(words: readonly string[], what: string, fix: string) {
  return (entered: string): void => {
    if (!words.includes(entered)) throw new Misuse(`There is no ${what} "${entered}".`, fix);
  };
}

function between(least: number, most: number, what: string, pattern: RegExp) {
  return (entered: string, name: string): void => {
    const isBetween = pattern.test(entered) && Number(entered) >= least && Number(entered) <= most;
    if (!isBetween) throw new Misuse(`${name} is ${what} from ${least} to ${most}.`);
  };
}

function matching(pattern: RegExp, misuse: (entered: string) => readonly [string, string?]) {
  return (entered: string): void => {
    if (!pattern.test(entered)) throw new Misuse(...misuse(entered));
  };
}
