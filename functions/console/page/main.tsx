import { render } from 'preact';
import { guardDrafts } from './drafts.ts';
import { Page } from './page.tsx';
import { resume, signIn } from './sign-in.ts';
import { SignInFailed } from './sign-in-failed.tsx';

async function enter(place: HTMLElement): Promise<void> {
  try {
    if (!(await resume())) await signIn();
    render(<Page />, place);
  } catch (error) {
    render(<SignInFailed error={error as Error} />, place);
  }
}

guardDrafts();
const place = document.getElementById('page') as HTMLElement;
if (LOCAL_RUN) render(<Page />, place);
else await enter(place);
