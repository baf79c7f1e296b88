import { actionLines, addressee, DEFAULT_CLIENT } from './action-text.ts';
import type { KeptAction } from './kept.ts';
import type { LabState } from './lab-state.ts';
import { maskActions } from './secrets.ts';

/** The actions from the given one on, as the browser keeps them: as lines, without secrets. */
export function keptActions({ actions, plan }: LabState, from: number): readonly KeptAction[] {
  const first = { lane: plan.lanes[0]!.id, client: DEFAULT_CLIENT };
  return actionLines(maskActions(actions.slice(from)), addressee(actions, from, first));
}
