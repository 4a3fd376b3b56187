import { isTrigger, type Trigger } from '../../functions/core/entity.ts';
import type { DemoStep } from './demonstration.ts';
import type { Received } from './receiver.ts';

/** The path of the sample receiver's URLs. A later run recognizes URLs by it that an earlier run did not remove. */
export const MARK = '/crm-triggers-receiver/';

/** Compares the received calls with the expected ones and prints them. */
export class ExpectedCalls {
  #received: Received[] = [];
  #onCall: () => void = () => {};

  take(call: Received): void {
    this.#received.push(call);
    this.#onCall();
  }

  /**
   * Prints each call when it arrives.
   *
   * @param withinMs How long to wait for all expected calls.
   * @returns How many calls had the expected formatted string and URL.
   */
  async expect(demoSteps: readonly DemoStep[], withinMs: number): Promise<number> {
    const missing = new Map(
      demoSteps.flatMap(({ expected }) => (expected ? [[expected.trigger, expected] as const] : [])),
    );
    let right = 0;
    let shown = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onCall = () => {
        for (; shown < this.#received.length; shown++) {
          const call = read(this.#received[shown] as Received);
          const expected = call.trigger && missing.get(call.trigger);
          const isRight = expected?.formattedString === call.formattedString;
          if (isRight) right++;
          if (expected) missing.delete(expected.trigger);
          const comment = isRight ? 'as expected' : `expected ${expected?.formattedString ?? 'nothing'}`;
          console.log(`  ${isRight ? '✓' : '✗'} ${line(call)}  ${comment}`);
        }
        if (missing.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onCall();
    });
    for (const { trigger, formattedString } of missing.values())
      console.log(`  ✗ ${trigger.padEnd(16)}  did not arrive, expected ${formattedString}`);
    return right;
  }

  /** Prints all later calls. */
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
