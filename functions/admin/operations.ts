import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { typedUrl } from '../core/destination.ts';
import { entities, entityOf, isTrigger, type Trigger, triggers } from '../core/entity.ts';
import { formattedString } from '../core/formatted-string.ts';
import { type Notification, notificationId } from '../core/notification.ts';
import type { Backlog, TestResult } from '../edge/backlog.ts';
import type { DeliveryQueue } from '../edge/queue.ts';
import { readTriggers, writeUrl } from '../edge/triggers.ts';
import { Refusal } from './refusal.ts';

/** What the operations touch of a deployed system. */
export interface AdminParts {
  readonly dynamodb: DynamoDBClient;
  readonly triggersTable: string;
  readonly backlog: Backlog;
  readonly queue: DeliveryQueue;
}

/** One line of the CRM Triggers tab. */
export interface Line {
  readonly trigger: Trigger;
  /** `null`: none is typed, so nobody is told. */
  readonly url: string | null;
  /** ISO 8601, or `null` when no URL is typed. */
  readonly changedAt: string | null;
}

/** All eleven triggers and what is typed for them. */
export async function list({ dynamodb, triggersTable }: AdminParts): Promise<Line[]> {
  const typed = await readTriggers(dynamodb, triggersTable, triggers);
  return triggers.map((trigger) => {
    const { url = null, changedAt = null } = typed.get(trigger) ?? {};
    return { trigger, url, changedAt };
  });
}

/** Types a URL. Returns it as it is kept. @throws {Refusal} When it is no URL to call. */
export async function set(parts: AdminParts, trigger: Trigger, typed: string): Promise<string> {
  const judged = typedUrl(trigger, typed);
  if ('refused' in judged) throw new Refusal(judged.refused);
  await writeUrl(parts.dynamodb, parts.triggersTable, trigger, judged.url, Date.now());
  return judged.url;
}

/** Clears a trigger's URL: from now on nobody is told of its changes. */
export async function clear({ dynamodb, triggersTable }: AdminParts, trigger: Trigger): Promise<void> {
  await writeUrl(dynamodb, triggersTable, trigger, undefined, Date.now());
}

/** The URLs as a file for version control: each trigger's URL, or `null`. */
export type UrlFile = Readonly<Record<Trigger, string | null>>;

export async function exportUrls(parts: AdminParts): Promise<UrlFile> {
  return Object.fromEntries((await list(parts)).map(({ trigger, url }) => [trigger, url])) as UrlFile;
}

/** What an import did to a trigger. */
export interface Imported {
  readonly trigger: Trigger;
  readonly was: string | null;
  readonly is: string | null;
}

/**
 * Types the URLs of an exported file. `null` clears one; a trigger that the file does not name stays as it is. Nothing is
 * written unless all of the file is right.
 *
 * @returns What changed.
 * @throws {Refusal} A line for each thing that is wrong.
 */
export async function importUrls(parts: AdminParts, json: string): Promise<Imported[]> {
  const wanted = judgeFile(json);
  const was = await exportUrls(parts);
  const changes = wanted.filter(({ trigger, url }) => was[trigger] !== url);
  for (const { trigger, url } of changes)
    await writeUrl(parts.dynamodb, parts.triggersTable, trigger, url ?? undefined, Date.now());
  return changes.map(({ trigger, url }) => ({ trigger, was: was[trigger], is: url }));
}

function judgeFile(json: string): { trigger: Trigger; url: string | null }[] {
  let file: unknown;
  try {
    file = JSON.parse(json);
  } catch (error) {
    throw new Refusal(`The file is not JSON: ${(error as Error).message}.`);
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw new Refusal('The file is not an object such as {"customer.create": "https://example.com/hook"}.');
  const refusals: string[] = [];
  const wanted = Object.entries(file).flatMap(([trigger, typed]) => {
    const judged = judgeEntry(trigger, typed);
    if ('refused' in judged) refusals.push(judged.refused);
    return 'refused' in judged ? [] : [judged];
  });
  if (refusals.length > 0) throw new Refusal(refusals.join('\n'));
  return wanted;
}

function judgeEntry(trigger: string, typed: unknown): { refused: string } | { trigger: Trigger; url: string | null } {
  if (!isTrigger(trigger))
    return { refused: `There is no trigger "${trigger}": the triggers are ${triggers.join(', ')}.` };
  if (typed === null) return { trigger, url: null };
  if (typeof typed !== 'string') return { refused: `The URL for ${trigger} is not text: write it in quotes, or null.` };
  const judged = typedUrl(trigger, typed);
  return 'refused' in judged ? judged : { trigger, url: judged.url };
}

/** How long a test waits for its way through the queue and for the receiver, milliseconds. */
const TEST_PATIENCE_MS = 60_000;
const TEST_POLL_MS = 250;

/**
 * Sends a notification with made-up ids through the real queue and function, and waits for what comes of it.
 *
 * @throws {Refusal} When no URL is typed, or nothing came of it in time.
 */
export async function test(parts: AdminParts, trigger: Trigger): Promise<TestResult & { formattedString: string }> {
  const typed = await readTriggers(parts.dynamodb, parts.triggersTable, [trigger]);
  if (!typed.has(trigger)) throw new Refusal(`No URL is typed for ${trigger}: type one with set ${trigger} URL.`);
  const notification = testNotification(trigger);
  await parts.queue.send([notification]);
  const end = Date.now() + TEST_PATIENCE_MS;
  while (Date.now() < end) {
    const result = await parts.backlog.testResult(notification);
    if (result) return { ...result, formattedString: notification.formattedString };
    await sleep(TEST_POLL_MS);
  }
  throw new Refusal(
    `Nothing came of the test within ${TEST_PATIENCE_MS / 1000} s: see whether the deliver function runs, and its log.`,
  );
}

function testNotification(trigger: Trigger): Notification {
  const entity = entityOf(trigger);
  const eventId = randomUUID();
  const id = notificationId(eventId, trigger);
  const ids = Object.fromEntries(entities[entity].ids.map((name) => [name, `test-${name}`]));
  return {
    id,
    trigger,
    formattedString: formattedString(entity, ids),
    // A record of its own: no real notification waits behind a test.
    record: id.slice(4).padStart(64, '0'),
    sequence: '0',
    changedAt: Date.now(),
    test: true,
  };
}
