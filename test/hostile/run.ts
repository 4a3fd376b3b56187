// npm run test:hostile: tries all hostile receivers, prints the failures, and ends with the number of trials.
import { openTrap, tryUrl } from './attempt.ts';
import { rulesFor, tryWithoutPolicy, wrongs } from './check.ts';
import { corpus, injections, redirects } from './corpus.ts';
import { tryInjection, tryRedirect } from './smuggle.ts';

const wrong: string[] = [];
const say = (what: string, found: readonly string[]) => {
  for (const one of found) wrong.push(`✗ ${JSON.stringify(what)}: ${one}`);
};
using trap = await openTrap();
let connected = 0;
for (const hostile of corpus) {
  const before = trap.attempts.length + trap.accepted.length;
  for (const rules of rulesFor(hostile)) say(hostile.url, wrongs(hostile, rules, await tryUrl(hostile, rules, trap)));
  if (trap.attempts.length + trap.accepted.length > before) connected++;
}
for (const [all, tries] of [
  [redirects, tryRedirect],
  [injections, tryInjection],
] as const)
  for (const text of all) {
    const found = await tries(text, trap);
    say(text, found);
    if (found.some((one) => one.includes('connected'))) connected++;
  }
for (const url of (await tryWithoutPolicy(trap)).missed) say(url, ['not connected to even where the rules allow it']);
for (const line of wrong) console.log(line);
console.log(`hostile receivers: ${corpus.length + redirects.length + injections.length} tried, ${connected} connected`);
process.exitCode = wrong.length + connected > 0 ? 1 : 0;
