import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import { MARK } from './calls.ts';
import type { Emulator } from './emulator.ts';
import type { Receiver } from './receiver.ts';
import { undo } from './undo.ts';

/** Sets the receiver's URL for each trigger that has none, or one that an earlier run left behind. */
export async function setUrls(deps: OperationDeps, receiver: Receiver, emulator: Emulator): Promise<void> {
  for (const { trigger, url } of await list(deps)) {
    if (url !== null && !url.includes(MARK)) continue;
    await set(deps, trigger, `${receiver.origin}${MARK}${trigger}`);
    if (!emulator.ours) undo.push(() => clear(deps, trigger));
  }
}

export async function explainElsewhere(deps: OperationDeps, receiver: Receiver): Promise<void> {
  for (const { trigger, url } of await list(deps))
    if (!url?.startsWith(receiver.origin))
      console.log(`  ${trigger} calls a URL that was set before: clear ${trigger} to have it called here.`);
}
