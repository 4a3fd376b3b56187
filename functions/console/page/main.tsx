import { render } from 'preact';
import { Page } from './page.tsx';
import { loadRole } from './shared/role.ts';
import { resume, signIn } from './sign-in/sign-in.ts';
import { SignInFailed } from './sign-in/sign-in-failed.tsx';
import { guardDrafts } from './triggers/drafts.ts';

async function start(container: HTMLElement): Promise<void> {
  try {
    if (!LOCAL_RUN && !(await resume())) await signIn();
    await loadRole();
    render(<Page />, container);
  } catch (error) {
    render(<SignInFailed error={error} />, container);
  }
}

guardDrafts();
const container = document.getElementById('page');
if (container) await start(container);
