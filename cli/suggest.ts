import { closest, distance } from 'fastest-levenshtein';
import { triggers } from '../functions/core/entity.ts';

/** Words that other systems use for the actions. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/[:_/ ]/, '.'],
  [/\.(?:update|change|modify)d?$/, '.edit'],
  [/\.(?:remove|destroy)d?$/, '.delete'],
  [/\.(?:add|new|insert)(?:ed)?$/, '.create'],
];

/** Words that other systems use for the commands. */
const commandSynonyms: readonly (readonly [RegExp, string])[] = [
  [/^(?:ls|show|status|get)$/, 'list'],
  [/^(?:add|create|edit|update)$/, 'set'],
  [/^(?:remove|delete|unset|rm)$/, 'clear'],
  [/^(?:replay|resend|retry)$/, 'redeliver'],
  [/^(?:tail|logs|events)$/, 'log'],
  [/^(?:forward|tunnel)$/, 'listen'],
  [/^(?:rate|rate-limit|throttle)$/, 'limit'],
  [/^(?:merge|debounce)$/, 'coalesce'],
];

/** The most edits between two words that count as similar. */
const MOST = 3;

/** The most similar word in a list, or nothing if no word is similar. */
function similar(entered: string, words: readonly string[]): string | undefined {
  const word = closest(entered, [...words]);
  return distance(entered, word) <= MOST ? word : undefined;
}

const translated = (entered: string, table: typeof synonyms) =>
  table.reduce((text, [pattern, word]) => text.replace(pattern, word), entered.toLowerCase());

/** The command that a user may have meant, such as `clear` for `delete`. */
export function similarCommand(entered: string, commands: readonly string[]): string | undefined {
  return similar(translated(entered, commandSynonyms), commands);
}

/** The trigger that a user may have meant, such as `customer.edit` for `customer.update`. */
export function similarTrigger(entered: string): string | undefined {
  return similar(translated(entered, synonyms), triggers);
}
