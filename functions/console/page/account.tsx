import { useEffect, useState } from 'preact/hooks';
import { SESSION_ENDED, signedIn, signIn, signOut } from './sign-in.ts';

/**
 * The name of the admin and the button to sign out, or the button to sign in again after the session has ended.
 * Unsaved input stays.
 */
export function Account() {
  const [who, setWho] = useState(signedIn());
  useEffect(() => {
    const ended = () => setWho(undefined);
    addEventListener(SESSION_ENDED, ended);
    return () => removeEventListener(SESSION_ENDED, ended);
  }, []);
  return (
    <p class="account">
      {who ?? 'You are signed out.'}{' '}
      <button type="button" onClick={who ? signOut : signIn}>
        {who ? 'Sign out' : 'Sign in'}
      </button>
    </p>
  );
}
