import { diagram, type Move, type State, states } from '../../functions/core/breaker.ts';

/** The cause of each transition. */
const causes: Readonly<Record<Move, string>> = {
  park: 'ten consecutive failures',
  drain: 'a probe is delivered',
  finish: 'the backlog is empty',
  parkAgain: 'attempts fail again',
  drainAgain: 'the backlog is not empty',
  activate: 'the backlog is still empty',
  pause: 'an admin pauses it, or 410 Gone',
  resume: 'an admin resumes it',
};

/** The states of a trigger and its moves, as a Mermaid diagram in docs/concepts.md. */
export function stateDiagram(): string {
  const arrows = Object.entries(diagram).flatMap(([move, { from, to }]) =>
    inOrder(from).map((state) => `  ${state} --> ${to}: ${causes[move as Move]}`),
  );
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> active', ...arrows, '```'].join('\n');
}

const inOrder = (from: readonly State[]) => states.filter((state) => from.includes(state));
