import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { clear, set } from '../../functions/operations/set-url.ts';
import { list } from '../../functions/operations/trigger-status.ts';
import type { Emulator } from './emulator.ts';
import { MARK } from './expected-calls.ts';
import type { Receiver } from './receiver.ts';
import { undo } from './undo.ts';

/** Sets the receiver's URL for each trigger that has no URL, or has one that an earlier run did not remove. */
export async function setUrls(deps: OperationDeps, receiver: Receiver, emulator: Emulator): Promise<void> {
  for (const { trigger, url } of await list(deps)) {
    if (url !== null && !url.includes(MARK)) continue;
    await set(deps, trigger, `${receiver.origin}${MARK}${trigger}`);
    if (!emulator.ours) undo.push(() => clear(deps, trigger));
  }
}

/** Prints the triggers whose URL is not the sample receiver's. */
export async function explainOtherUrls(deps: OperationDeps, receiver: Receiver): Promise<void> {
  for (const { trigger, url } of await list(deps))
    if (!url?.startsWith(receiver.origin))
      console.log(
        `  ${trigger} calls a URL that was set before. To call the sample receiver, clear the URL of ${trigger} and start again.`,
      );
}
