import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import { root } from '../infra/folders.ts';

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const find = (pattern: string) => globSync(pattern, { cwd: root }).map((file) => file.replaceAll(sep, '/'));

/** Words that this project does not use, with what it says in their place. */
const terms: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\btyped\b|\btyping\b|\btypes? (?:a|the|an|another|its|it|your|whole|https)\b/i, 'set a URL, configured URL'],
  [/\bnobody is told\b|\bcall(?:s|ed)? nobody\b|\brings\b|\btold\b/i, 'no call is made; reported, notified'],
  [/\b(?:un)?answer(?:s|ed|ing)?\b/i, 'response'],
  [/\bdestinations?\b/i, 'receiver (the system), URL (its address)'],
  [/\bheld\b|\b(?:a|the|one|last|each|longer|no|this) hold\b|\bHOLDS\b/, 'retry delay, waiting for retry'],
  [/\bstrikes?\b/i, 'consecutive failure'],
  [/\btrip(?:s|ped)?\b|\brelaps\w+|\bemptied\b|\brefilled\b|'closing'/i, 'park, fail again, finishing'],
  [/\bg(?:iven?|ives|ave) up\b|\bsteps? aside\b|\bamong the failed\b/i, 'moved to Failed; retries exhausted'],
  [/\bwhat (?:waits|waited|comes|came)\b/i, 'pending notifications, new notifications'],
  [/\w+Parts\b/, 'deps'],
  [/\bedge\//, 'adapters/'],
  [/\bjudg\w+/i, 'check'],
  [/\brefus\w+/i, 'rejected, validation error'],
  [/\bbur(?:y|ied|ies)\b/i, 'send to the dead-letter queue'],
  [/\bhand(?:s|ed)? (?:it |them |messages )?back\b|\bc(?:o|a)m(?:es?|ing) back\b/i, 'return to the queue'],
  [/\bdoors?\b|\bstrangers?\b/i, 'local server; foreign origin'],
  [/\bhappenings?\b|\bdeeds?\b/i, 'activity, demo step'],
  [/\bway of the data\b|\bway in\b|\bWayIn\b/i, 'data flow, capture path'],
  [/\bunasked\b|\bAsked\b/, 'inconclusive, checked'],
  [/\bown (?:headers?|faults?)\b/i, 'custom header, internal error'],
  [/\bsilenced\b/i, 'suppressed'],
  [/\bbeyond (?:the|its|a) limit\b|\blooping\b/i, 'over the record limit'],
  [/\bwhoever\b|\bof which\b|\bso that nobody\b|\bin earnest\b|\bmade-up\b/i, 'rewrite the sentence'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\bhow (?:it|they) do(?:es)?\b/i, 'status'],
  [/\bworkOff\b|\bsettle\b/, 'processBatch, handleOutcome'],
];

/** Uses that are right: a stored or published name, or a term of AWS. Each is a part of the line, in one file or in all. */
const allowed: readonly { readonly file?: RegExp; readonly text: RegExp; readonly because: string }[] = [
  {
    text: /(?<=['`# ])held(?=['`\]:, ])|\bheld(?=: (?:14|\{))/,
    because: 'the stored name of the list and of the metric',
  },
  { file: /metrics|deliver-writes/, text: /\bheld\b/, because: 'the name of the metric' },
  {
    file: /trigger-(?:store|rows)|stores|old-shapes|emulator\/trigger-states/,
    text: /\bstrikes\b|'closing'/,
    because: 'stored names of release 0.2.0',
  },
  { file: /backlog-rows|stores|old-shapes/, text: /\banswer\b/, because: 'the stored name of a response' },
  { file: /metrics|capture|monitoring/, text: /\bsilenced\b/, because: 'the name of the metric' },
  { text: /connection refused|ECONNREFUSED|'REFUSED'/, because: 'a term of TCP and of DNS' },
  { text: /DestinationRules|DestinationConfig/, because: 'the name of an output and of a property of CloudFormation' },
  { text: /unanswered\.io/, because: 'the name of a website' },
  { file: /infra\/|verify\/platforms|cost/, text: /\b[dD]estinations?\b/, because: 'a term of AWS and of the CDK' },
  { file: /operand-parser/, text: /way in(?= an expression)/, because: "DynamoDB's own message" },
  { file: /upgrade\.test/, text: /'emptied'/, because: 'what release 0.2.0 has' },
];

const sources = find('{cli,functions,infra,test}/**/*.{ts,tsx,html}').filter(
  (file) => !/node_modules|\.stryker|screenshots|^test\/language\.test\.ts$/.test(file),
);
const documents = [...find('*.md'), ...find('docs/**/*.md')].filter((file) => file !== 'CHANGELOG.md');

test('no text, comment or identifier uses a word that the project has replaced', () => {
  assert.ok(sources.length > 400);
  const found = [...sources, ...documents].flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => {
        const rest = allowed
          .filter((use) => use.file?.test(file) ?? true)
          .reduce((text, use) => text.replaceAll(new RegExp(use.text, `g${use.text.flags}`), ''), line);
        return terms
          .filter(([pattern]) => pattern.test(rest))
          .map(([pattern, instead]) => `${file}:${index + 1}: "${rest.match(pattern)?.[0]}": use "${instead}"`);
      }),
  );
  assert.deepEqual(found, []);
});

test('each allowed use is still there', () => {
  for (const { file, text, because } of allowed) {
    const isUsed = [...sources, ...documents].some((name) => (file?.test(name) ?? true) && text.test(read(name)));
    assert.ok(isUsed, `remove the allowed use ${text} (${because})`);
  }
});

/** The prose of a document: no code, table, heading or diagram; a list item is a paragraph. */
function sentences(markdown: string): string[] {
  return markdown
    .replace(/^```.*?^```/gms, '')
    .replace(/^(?:#|\||<|!\[).*$/gm, '')
    .replace(/`[^`]*`/g, 'code')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/)
    .flatMap((paragraph) => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?:;])\s+(?=[\p{Lu}*_"(\d]|code)/u))
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
}

test('a sentence of the documents has at most 20 words on average', () => {
  const counts = documents.map((file) => {
    const words = sentences(read(file)).map((sentence) => sentence.split(' ').length);
    return { file, average: words.reduce((sum, count) => sum + count, 0) / Math.max(1, words.length) };
  });
  assert.deepEqual(
    counts.filter(({ average }) => average > 20),
    [],
  );
});
