import { render } from 'preact';
import { guardDrafts } from './drafts.ts';
import { Page } from './page.tsx';

guardDrafts();
const place = document.getElementById('page');
if (place) render(<Page />, place);
