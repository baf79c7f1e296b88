/** A lab as plain data: its machines, its clock, and what was done to it. */
import { assert } from '../base/assert.ts';
import { seedRandom, nextUint32 } from '../base/random.ts';
import type { Micros, Millis } from '../base/time.ts';
import { createClockState, type ClockState } from '../machine/clock.ts';
import { kernelFromPlatter, type KernelOptions } from '../machine/kernel-state.ts';
import { decodePlatterChanges } from '../machine/platter-codec.ts';
import { applyPlatterChanges, createPlatter, type Platter } from '../machine/platter.ts';
import type { TimedAction } from './action.ts';
import { newLaneState, type LabClockEvent, type LaneState } from './lane-state.ts';
import type { LabPlan } from './setup.ts';
import type { Tail, Workload } from './view.ts';
import type { WorkloadPlan } from './workload.ts';

export interface LabState {
  readonly plan: LabPlan;
  readonly clock: ClockState<LabClockEvent>;
  readonly lanes: LaneState[];
  paused: boolean;
  speed: number;
  workload: Workload | null;
  workloadPlan: WorkloadPlan | null;
  /** Grows with each workload, so that ticks of an earlier one die out. */
  workloadRound: number;
  tail: Tail;
  /** What has been done to it, and when. */
  readonly actions: TimedAction[];
  /** What was done in earlier visits, which this lab cannot do again. */
  readonly earlier: readonly { readonly at: Millis; readonly action: string }[];
  /** From what its machines were booted, if they are those of an earlier visit. */
  readonly reopened: Reopened | null;
}

/** When and from which platters (as `encodePlatterChanges` writes them) a lab was opened again. */
export interface Reopened {
  readonly at: Micros;
  readonly platters: ReadonlyMap<string, Uint8Array>;
  /** What was done before, if that is known: a run that was passed on does not tell. */
  readonly earlier?: LabState['earlier'];
}

/** System calls that each machine remembers. */
const TRACED_CALLS = 2048;

/** Machines with empty disks, or with those `platters`; nothing runs yet. */
export function newLabState(
  plan: LabPlan,
  now: Micros,
  platters: ReadonlyMap<string, Platter>,
): LabState {
  const { seed, disk } = plan;
  const random = seedRandom(seed);
  const lanes = plan.lanes.map(({ id }) => {
    const options: KernelOptions = {
      owner: id,
      seed: nextUint32(random),
      now,
      disk: disk.preset,
      ...(disk.fsyncMs === null ? {} : { fsyncMs: disk.fsyncMs }),
      ...(disk.capacity === null ? {} : { capacity: disk.capacity }),
      traceCapacity: TRACED_CALLS,
    };
    return newLaneState(
      id,
      seed,
      kernelFromPlatter(platters.get(id) ?? createPlatter(now), options),
    );
  });
  return {
    plan,
    clock: createClockState(now),
    lanes,
    paused: plan.clock.paused,
    speed: plan.clock.speed,
    workload: null,
    workloadPlan: null,
    workloadRound: 0,
    tail: 'lost',
    actions: [],
    earlier: [],
    reopened: null,
  };
}

/** Machines with the platters of an earlier visit; what had not reached them is gone, as in a power cut. */
export function reopenedState(plan: LabPlan, reopened: Reopened): LabState {
  const platters = new Map(
    [...reopened.platters].map(([id, bytes]) => [id, platterOf(bytes, reopened.at)]),
  );
  const at = (reopened.at - plan.createdAt) / 1000;
  return {
    ...newLabState(plan, reopened.at, platters),
    reopened,
    earlier: [...(reopened.earlier ?? []), { at, action: '!power' }, { at, action: '!boot' }],
  };
}

function platterOf(snapshot: Uint8Array, at: Micros): Platter {
  const platter = createPlatter(at);
  const decoded = decodePlatterChanges(snapshot);
  assert(decoded.ok, 'a platter cannot be read');
  applyPlatterChanges(platter, decoded.changes);
  return platter;
}
