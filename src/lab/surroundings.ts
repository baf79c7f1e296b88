import type { Micros } from '../base/time.ts';
import type { Clock } from '../machine/clock.ts';
import type { LabGuests } from './guests.ts';
import type { LabClockEvent } from './lane-state.ts';
import type { Lane } from './lane.ts';

/** What all lanes of a lab share. */
export interface LaneSurroundings {
  readonly clock: Clock<LabClockEvent>;
  /** The instant at which the lab began: lab times count from it. */
  readonly epoch: Micros;
  /** `free`: the clock stands still, and what takes no waiting takes no time. */
  pace(): 'timed' | 'free';
  /** A workload client of that lane is idle again. */
  idle(lane: Lane): void;
  readonly guests: LabGuests | null;
}
