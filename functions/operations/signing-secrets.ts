import { randomBytes } from 'node:crypto';
import type { Replaced, TriggerSecrets } from '../adapters/secret-store.ts';
import { customHeader, MAX_CUSTOM_HEADERS } from '../core/custom-header.ts';
import type { Trigger } from '../core/entity.ts';
import { SECRET_BYTES, secretOf } from '../core/signature.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { UserError } from './user-error.ts';

type ChangeDeps = Deps<'secrets' | 'history' | 'who'>;

/** How long a replaced secret also signs. */
const OVERLAP_MS = 24 * 60 * 60_000;

const newSecret = () => secretOf(randomBytes(SECRET_BYTES));

/** The secrets that sign each call. A receiver verifies with any of them. */
export interface ShownSecret {
  readonly trigger: Trigger;
  readonly secret: string;
  readonly replaced: readonly Replaced[];
}

/** Gives a trigger its secret, if it has none yet. */
export async function ensureSecret(deps: Deps<'secrets'>, trigger: Trigger): Promise<void> {
  const { secret } = (await deps.secrets.read([trigger])).get(trigger) ?? {};
  if (secret === undefined) await changeSecrets(deps, trigger, (now) => ({ secret: newSecret(), ...now }));
}

/**
 * Returns the secrets of a trigger. The history records it first, so that no read is missing there.
 *
 * @throws {UserError} If the trigger has no secret yet.
 */
export async function showSecret(deps: ChangeDeps, trigger: Trigger): Promise<ShownSecret> {
  await note(deps, { what: 'secret-read', trigger, from: null, to: null });
  return readSecret(deps, trigger);
}

async function readSecret(deps: Deps<'secrets'>, trigger: Trigger): Promise<ShownSecret> {
  const { secret, replaced = [] } = (await deps.secrets.read([trigger])).get(trigger) ?? {};
  if (secret === undefined)
    throw new UserError(
      `${trigger} has no secret yet: it gets one when a URL is set, with set ${trigger} URL.`,
      'missing',
    );
  return { trigger, secret, replaced: stillValid(replaced) };
}

/** Gives a trigger a new secret. The previous secret also signs for another 24 hours. */
export async function rotateSecret(deps: ChangeDeps, trigger: Trigger): Promise<ShownSecret> {
  await changeSecrets(deps, trigger, ({ secret, replaced, ...others }) => ({
    ...others,
    secret: newSecret(),
    replaced: [...(secret === undefined ? [] : [{ secret, until: Date.now() + OVERLAP_MS }]), ...stillValid(replaced)],
  }));
  await note(deps, { what: 'secret', trigger, from: null, to: 'a new one' });
  return readSecret(deps, trigger);
}

/**
 * Ends the time in which replaced secrets also sign.
 *
 * @throws {UserError} If there is none.
 */
export async function expireReplaced(deps: ChangeDeps, trigger: Trigger): Promise<ShownSecret> {
  let count = 0;
  await changeSecrets(deps, trigger, (now) => {
    count = stillValid(now.replaced).length;
    if (count === 0)
      throw new UserError(`${trigger} has no replaced secret: its calls are signed with one secret only.`, 'conflict');
    return { ...now, replaced: [] };
  });
  await note(deps, { what: 'secret', trigger, from: `${count} replaced`, to: 'expired' });
  return readSecret(deps, trigger);
}

/**
 * Adds a custom header to each call of a trigger.
 *
 * @throws {UserError} If the header is not allowed, or the trigger has the maximum number of headers.
 */
export async function setHeader(
  deps: ChangeDeps & Deps<'triggersTable'>,
  trigger: Trigger,
  entered: string,
  value: string,
): Promise<string> {
  const checked = customHeader(entered, value);
  if ('rejected' in checked) throw new UserError(checked.rejected);
  const { url } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (checked.name === 'authorization' && url && hasCredentials(url))
    throw new UserError(
      `The URL for ${trigger} has a user name or password, which is sent as Authorization: remove it from the URL first.`,
      'conflict',
    );
  await changeSecrets(deps, trigger, (now) => {
    if (checked.name === 'authorization' && now.oauth)
      throw new UserError(
        `${trigger} has an OAuth client, whose token is sent as Authorization: remove it with oauth remove first.`,
        'conflict',
      );
    const headers = { ...now.headers, [checked.name]: checked.value };
    if (Object.keys(headers).length > MAX_CUSTOM_HEADERS)
      throw new UserError(
        `${trigger} has ${MAX_CUSTOM_HEADERS} headers already: remove one with header remove.`,
        'conflict',
      );
    return { ...now, headers };
  });
  await note(deps, { what: 'header', trigger, from: null, to: checked.name });
  return checked.name;
}

/** Returns whether a URL has a user name or a password. */
export function hasCredentials(url: string): boolean {
  const { username = '', password = '' } = URL.parse(url) ?? {};
  return username !== '' || password !== '';
}

/** @throws {UserError} If the trigger has no such header. */
export async function removeHeader(deps: ChangeDeps, trigger: Trigger, entered: string): Promise<string> {
  const name = entered.toLowerCase();
  await changeSecrets(deps, trigger, (now) => {
    const { [name]: _, ...headers } = now.headers;
    if (!Object.hasOwn(now.headers, name))
      throw new UserError(`${trigger} has no header ${JSON.stringify(entered)}: see list --json.`, 'missing');
    return { ...now, headers };
  });
  await note(deps, { what: 'header', trigger, from: name, to: null });
  return name;
}

/** Changes the secrets of a trigger. @throws {UserError} If others change them again and again. */
export async function changeSecrets(
  { secrets }: Deps<'secrets'>,
  trigger: Trigger,
  how: (now: TriggerSecrets) => Omit<TriggerSecrets, 'version'>,
): Promise<void> {
  for (let tries = 0; tries < 3; tries++) if (await secrets.change(trigger, how)) return;
  throw new UserError(`Someone else is changing the secrets of ${trigger} now. Fix: try again.`, 'conflict');
}

function stillValid(replaced: readonly Replaced[]): readonly Replaced[] {
  return replaced.filter(({ until }) => until > Date.now());
}
