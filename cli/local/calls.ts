import { isTrigger, type Trigger } from '../../functions/core/entity.ts';
import type { DemoStep } from './demonstration.ts';
import type { Received } from './receiver.ts';

/** Marks URLs that a local run sets, so that a later run recognizes those that were not cleared. */
export const MARK = '/crm-triggers-receiver/';

/** The received calls, compared with the expected ones. */
export class Calls {
  #received: Received[] = [];
  #onCall: () => void = () => {};

  take(call: Received): void {
    this.#received.push(call);
    this.#onCall();
  }

  /**
   * Shows each expected call when it arrives.
   *
   * @returns How many arrived with the right string at the right URL.
   */
  async expect(demoSteps: readonly DemoStep[], patienceMs: number): Promise<number> {
    const waiting = new Map(
      demoSteps.flatMap(({ expected }) => (expected ? [[expected.trigger, expected] as const] : [])),
    );
    let right = 0;
    let shown = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#onCall = () => {
        for (; shown < this.#received.length; shown++) {
          const call = read(this.#received[shown] as Received);
          const expected = call.trigger && waiting.get(call.trigger);
          const as = expected?.formattedString === call.formattedString;
          if (as) right++;
          if (expected) waiting.delete(expected.trigger);
          const beside = as ? 'as expected' : `expected ${expected?.formattedString ?? 'nothing'}`;
          console.log(`  ${as ? '✓' : '✗'} ${line(call)}  ${beside}`);
        }
        if (waiting.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onCall();
    });
    for (const { trigger, formattedString } of waiting.values())
      console.log(`  ✗ ${trigger.padEnd(16)}  did not arrive, expected ${formattedString}`);
    return right;
  }

  showLive(): void {
    this.#onCall = () => {
      const latest = this.#received.at(-1);
      if (latest) console.log(`  ${new Date(latest.at).toLocaleTimeString()}  ${line(read(latest))}`);
    };
  }
}

export function read({ target }: Received): { trigger: Trigger | undefined; formattedString: string } {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const trigger = path.startsWith(MARK) ? path.slice(MARK.length) : '';
  return {
    trigger: isTrigger(trigger) ? trigger : undefined,
    formattedString: query === -1 ? '' : target.slice(query),
  };
}

function line({ trigger, formattedString }: ReturnType<typeof read>): string {
  return `${(trigger ?? 'no trigger').padEnd(16)}  ${formattedString.padEnd(56)}`;
}
