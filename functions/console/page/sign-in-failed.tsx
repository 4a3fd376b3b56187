import { signIn } from './sign-in.ts';

/** In place of the page, when nobody could be signed in. */
export function SignInFailed({ error }: { readonly error: Error & { readonly error_description?: string } }) {
  return (
    <main id="main">
      <h1>CRM Triggers</h1>
      <p class="banner bad" role="alert">
        You could not be signed in: {error.error_description ?? error.message}
      </p>
      <div class="actions">
        <button type="button" class="primary" onClick={signIn}>
          Sign in
        </button>
      </div>
    </main>
  );
}
