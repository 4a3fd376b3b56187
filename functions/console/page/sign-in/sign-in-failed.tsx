import { messageOf } from '../shared/api.ts';
import { ErrorBanner } from '../shared/error-banner.tsx';
import { accountTexts, appTexts } from '../texts/app.ts';
import { signIn } from './sign-in.ts';

/** Shown in place of the page after a sign-in failed. */
export function SignInFailed({ error }: { readonly error: unknown }) {
  return (
    <main id="main">
      <h1>{appTexts.name}</h1>
      <ErrorBanner error={accountTexts.signInFailed(reasonOf(error))} />
      <div class="actions">
        <button type="button" class="primary" onClick={signIn}>
          {accountTexts.signIn}
        </button>
      </div>
    </main>
  );
}

/** Errors of OAuth have an `error_description`. */
function reasonOf(error: unknown): string {
  const isDescribed = error instanceof Error && 'error_description' in error;
  return isDescribed && error.error_description ? String(error.error_description) : messageOf(error);
}
