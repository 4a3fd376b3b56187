import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isTrigger, type Trigger } from '../core/entity.ts';
import { sha256 } from '../core/sha256.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';

const SECRET_BYTES = 32;

/** A token names its trigger. The prefix lets scanners of source code find it. */
const pattern = /^crmpull_([a-z]+\.[a-z]+)_[\w-]{43}$/;

type ChangeDeps = Deps<'pullTokens' | 'history' | 'who'>;

/** Gives a trigger a new token for `GET /changes`, and returns it. The old one is rejected from now on. Only the hash is stored. */
export async function createPullToken(deps: ChangeDeps, trigger: Trigger): Promise<string> {
  const token = `crmpull_${trigger}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  await deps.pullTokens.put(trigger, sha256(token));
  await note(deps, { what: 'secret', trigger, from: null, to: 'a new pull token' });
  return token;
}

/** Revokes the token of a trigger. Without a token, it changes nothing. */
export async function revokePullToken(deps: ChangeDeps, trigger: Trigger): Promise<void> {
  await deps.pullTokens.put(trigger, '');
  await note(deps, { what: 'secret', trigger, from: 'the pull token', to: null });
}

/** Returns whether a trigger has a token. */
export async function hasPullToken({ pullTokens }: Deps<'pullTokens'>, trigger: Trigger): Promise<boolean> {
  return (await pullTokens.hashOf(trigger)) !== undefined;
}

/** Returns the trigger whose changes a token may read; nothing if it is not valid. */
export async function triggerOfToken({ pullTokens }: Deps<'pullTokens'>, token: string): Promise<Trigger | undefined> {
  const [, trigger] = pattern.exec(token) ?? [];
  if (!isTrigger(trigger)) return undefined;
  const hash = await pullTokens.hashOf(trigger);
  // Both are hashes of one length, and the comparison takes the same time for all of them.
  const isValid = hash !== undefined && timingSafeEqual(Buffer.from(hash), Buffer.from(sha256(token)));
  return isValid ? trigger : undefined;
}
