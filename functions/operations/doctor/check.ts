import { deployCommand } from '../../core/stack-name.ts';

/** A problem that prevents deliveries. */
export interface Finding {
  readonly where: string;
  readonly what: string;
  /** How to fix it. */
  readonly fix: string;
}

/** A check of facts of one kind. Unknown facts are not a problem. */
export interface Check<Thing> {
  wrong(thing: Thing): boolean;
  what(thing: Thing): string;
  fix(thing: Thing): string;
  /** The same on the page, where an admin has no terminal. Default: `fix`. */
  fixOnPage?(thing: Thing): string;
}

/** Runs all checks on all facts. @param onPage Whether the page shows the findings. */
export function examine<Thing extends { readonly where: string }>(
  things: readonly Thing[],
  checks: readonly Check<Thing>[],
  onPage = false,
): Finding[] {
  return things.flatMap((thing) =>
    checks
      .filter((check) => check.wrong(thing))
      .map(({ what, fix, fixOnPage = fix }) => {
        return { where: thing.where, what: what(thing), fix: (onPage ? fixOnPage : fix)(thing) };
      }),
  );
}

/** The fix that reverts manual changes. */
export const revert = ({ stage }: { readonly stage: string }): string =>
  `${deployCommand('CrmTriggers', stage)} --revert-drift`;
