import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';

/** An argument or a state that does not allow what was asked. */
export class Refusal extends Error {}

export function laneOf(lab: Lab, id: string | undefined): Lane {
  const lane = lab.lane(id);
  if (lane === undefined)
    throw new Refusal(
      `no lane ${id ?? ''}; the lanes are ${lab.lanes.map(({ state }) => state.id).join(', ')}`,
    );
  return lane;
}
