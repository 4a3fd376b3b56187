import { useEffect, useState } from 'preact/hooks';
import { SESSION_ENDED, signedIn, signIn, signOut } from './sign-in.ts';

/** Who is signed in, and the way out; or the way back in, when the session has ended. What is being entered stays. */
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
