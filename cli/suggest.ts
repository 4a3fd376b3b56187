import { closest, distance } from 'fastest-levenshtein';
import { triggers } from '../functions/core/entity.ts';

/** Words that other systems use for the actions. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/\.(?:update|change|modify)d?$/, '.edit'],
  [/\.(?:remove|destroy)d?$/, '.delete'],
  [/\.(?:add|new|insert)(?:ed)?$/, '.create'],
  [/[:_/ ]/, '.'],
];

/** The most edits between two words that count as similar. */
const MOST = 3;

/** The most similar word in a list, or nothing if no word is similar. */
export function similar(entered: string, words: readonly string[]): string | undefined {
  const word = closest(entered.toLowerCase(), [...words]);
  return distance(entered.toLowerCase(), word) <= MOST ? word : undefined;
}

/** The trigger that a user may have meant, such as `customer.edit` for `customer.update`. */
export function similarTrigger(entered: string): string | undefined {
  const named = synonyms.reduce((text, [pattern, action]) => text.replace(pattern, action), entered.toLowerCase());
  return similar(named, triggers);
}
