import { useEffect, useState } from 'preact/hooks';
import { accountTexts } from '../texts/app.ts';
import { SESSION_ENDED, signedIn } from './session.ts';
import { signIn, signOut } from './sign-in.ts';

/** The signed-in admin. When the session ends, the page stays open, so that drafts are not lost. */
export function Account() {
  const [who, setWho] = useState(signedIn());
  useEffect(() => {
    const onEnd = () => setWho(undefined);
    addEventListener(SESSION_ENDED, onEnd);
    return () => removeEventListener(SESSION_ENDED, onEnd);
  }, []);
  return (
    <p class="account">
      {who ?? accountTexts.signedOut}{' '}
      <button type="button" onClick={who ? signOut : signIn}>
        {who ? accountTexts.signOut : accountTexts.signIn}
      </button>
    </p>
  );
}
