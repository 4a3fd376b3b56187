import { randomBytes } from 'node:crypto';
import type { Replaced, TriggerSecrets } from '../adapters/secret-store.ts';
import { MAX_OWN_HEADERS, ownHeader } from '../core/custom-header.ts';
import type { Trigger } from '../core/entity.ts';
import { SECRET_BYTES, secretOf } from '../core/signature.ts';
import type { AdminParts } from './deployment.ts';
import { note } from './record-change.ts';
import { Refusal } from './user-error.ts';

/** For how long a secret that was replaced goes on signing beside its successor. */
const OVERLAP_MS = 24 * 60 * 60_000;

const newSecret = () => secretOf(randomBytes(SECRET_BYTES));

/** What a receiver verifies with: any one of these signs each call. */
export interface ShownSecret {
  readonly trigger: Trigger;
  readonly secret: string;
  readonly replaced: readonly Replaced[];
}

/** Gives a trigger its secret, if it has none yet. */
export async function ensureSecret(parts: AdminParts, trigger: Trigger): Promise<void> {
  const { secret } = (await parts.secrets.read([trigger])).get(trigger) ?? {};
  if (secret === undefined) await change(parts, trigger, (now) => ({ secret: newSecret(), ...now }));
}

/** @throws {Refusal} When it has none yet. */
export async function showSecret(parts: AdminParts, trigger: Trigger): Promise<ShownSecret> {
  const { secret, replaced = [] } = (await parts.secrets.read([trigger])).get(trigger) ?? {};
  if (secret === undefined)
    throw new Refusal(
      `${trigger} has no secret yet: it gets one when a URL is typed, with set ${trigger} URL.`,
      'missing',
    );
  return { trigger, secret, replaced: stillValid(replaced) };
}

/** Gives a trigger a new secret. The one before signs beside it for another 24 hours. */
export async function rotateSecret(parts: AdminParts, trigger: Trigger): Promise<ShownSecret> {
  await change(parts, trigger, ({ secret, replaced, headers }) => ({
    secret: newSecret(),
    replaced: [...(secret === undefined ? [] : [{ secret, until: Date.now() + OVERLAP_MS }]), ...stillValid(replaced)],
    headers,
  }));
  await note(parts, { what: 'secret', trigger, from: null, to: 'a new one' });
  return showSecret(parts, trigger);
}

/** Has a header sent with each call of a trigger. @throws {Refusal} When it is none, or one too many. */
export async function setHeader(parts: AdminParts, trigger: Trigger, typed: string, value: string): Promise<string> {
  const judged = ownHeader(typed, value);
  if ('refused' in judged) throw new Refusal(judged.refused);
  await change(parts, trigger, (now) => {
    const headers = { ...now.headers, [judged.name]: judged.value };
    if (Object.keys(headers).length > MAX_OWN_HEADERS)
      throw new Refusal(
        `${trigger} has ${MAX_OWN_HEADERS} headers already: remove one with header remove.`,
        'conflict',
      );
    return { ...now, headers };
  });
  await note(parts, { what: 'header', trigger, from: null, to: judged.name });
  return judged.name;
}

/** @throws {Refusal} When there is no such header. */
export async function removeHeader(parts: AdminParts, trigger: Trigger, typed: string): Promise<string> {
  const name = typed.toLowerCase();
  await change(parts, trigger, (now) => {
    const { [name]: removed, ...headers } = now.headers;
    if (removed === undefined)
      throw new Refusal(`${trigger} has no header ${JSON.stringify(typed)}: see list --json.`, 'missing');
    return { ...now, headers };
  });
  await note(parts, { what: 'header', trigger, from: name, to: null });
  return name;
}

async function change(
  { secrets }: AdminParts,
  trigger: Trigger,
  how: (now: TriggerSecrets) => Omit<TriggerSecrets, 'version'>,
): Promise<void> {
  for (let tries = 0; tries < 3; tries++) if (await secrets.change(trigger, how)) return;
  throw new Refusal(`Somebody else changes the secrets of ${trigger} at this moment: try again.`, 'conflict');
}

function stillValid(replaced: readonly Replaced[]): readonly Replaced[] {
  return replaced.filter(({ until }) => until > Date.now());
}
