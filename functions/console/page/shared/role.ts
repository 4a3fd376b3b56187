import { request } from './api.ts';

let isViewer = false;

/** Whether the user may change anything. The API rejects the changes of viewers; the page does not offer them. */
export const mayChange = () => !isViewer;

/** Asks the API for the role of the signed-in user. If that fails, the views show why. */
export async function loadRole(): Promise<void> {
  if (LOCAL_RUN) return;
  const user = await request('GET /user', {}).catch(() => undefined);
  isViewer = user?.role === 'viewer';
}
