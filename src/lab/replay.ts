/** A run done again: the same start, the same actions at the same instants, the same bytes. */
import { assert } from '../base/assert.ts';
import { cloneData } from '../base/clone.ts';
import type { Micros } from '../base/time.ts';
import { applyAction, type TimedAction } from './action.ts';
import { isGuestAction } from './guests.ts';
import type { LabState, Reopened } from './lab-state.ts';
import { Lab } from './lab.ts';
import type { LabPlan } from './setup.ts';

/** Everything that decides what a lab is like at its `end` (since it began). */
export interface Run {
  readonly plan: LabPlan;
  readonly reopened: Reopened | null;
  readonly actions: readonly TimedAction[];
  readonly end: Micros;
}

/** The run that has led to where the lab is now. */
export function runOf(lab: Lab): Run {
  const { plan, reopened, actions } = lab.state;
  return { plan, reopened, actions: actions.slice(), end: lab.clock.now - lab.epoch };
}

export function startLab({ plan, reopened }: Pick<Run, 'plan' | 'reopened'>): Lab {
  return reopened === null ? Lab.create(plan) : Lab.reopen(plan, reopened);
}

/** Whether the run goes on from `copyLab` as from the lab itself: it has no processes of the shell. */
export function isWholeInCopy(lab: Lab): boolean {
  return lab.guests === null && lacksNoGuests(lab);
}

/** Whether no shell has ever run in it that is not there now. */
function lacksNoGuests({ guests, state }: Lab): boolean {
  return guests !== null || !state.actions.some(({ action }) => isGuestAction(action));
}

/** A copy that goes its own way. What never changes is shared; see `isWholeInCopy`. */
export function copyLab({ state }: Lab): Lab {
  const { plan, reopened, earlier, actions } = state;
  const copy: LabState = {
    ...cloneData({ ...state, plan: null, reopened: null, earlier: [], actions: [] }),
    plan,
    reopened,
    earlier,
    actions: actions.slice(),
  };
  return new Lab(copy);
}

/** Goes on from `lab`, which has the first of the run's actions behind it, to the run's end. A job: call `step` until it is done. */
export class Replay {
  readonly lab: Lab;
  private readonly run: Pick<Run, 'actions' | 'end'>;

  constructor(lab: Lab, run: Pick<Run, 'actions' | 'end'>) {
    assert(lacksNoGuests(lab), 'a copy without the processes of its shell cannot go on');
    this.lab = lab;
    this.run = run;
  }

  /** Runs some `budget` of events. A text: that action cannot be done, which no lab had recorded. */
  step(budget: number): 'more' | 'done' | { readonly problem: string } {
    const { lab, run } = this;
    const next = run.actions[lab.state.actions.length];
    const target = lab.epoch + (next === undefined ? run.end : next.at);
    dropOutput(lab);
    if (target > lab.clock.now && lab.runUntil(target, budget) === 'more') return 'more';
    if (next === undefined) return 'done';
    const problem = applyAction(lab, next.action);
    if (problem === undefined) {
      // The run's own: by it a checkpoint knows whose way it is on.
      lab.state.actions[lab.state.actions.length - 1] = next;
      return 'more';
    }
    const number = lab.state.actions.length + 1;
    return { problem: `action ${number} of the run cannot be done: ${problem}` };
  }

  /** How much of the lab time has passed, 0 to 1. */
  get progress(): number {
    const { lab, run } = this;
    return run.end <= 0 ? 1 : Math.min(1, (lab.clock.now - lab.epoch) / run.end);
  }
}

/** As much of a run as was there at `at` (since it began): with everything that was done by then. */
export function runUpTo(run: Run, at: Micros): Run {
  const end = Math.max(0, Math.min(at, run.end));
  const next = run.actions.findIndex((action) => action.at > end);
  return { ...run, end, actions: next < 0 ? run.actions : run.actions.slice(0, next) };
}

/** The run to its end at once; throws if one of its actions cannot be done. */
export function replay(run: Run): Lab {
  const job = new Replay(startLab(run), run);
  for (;;) {
    const state = job.step(Infinity);
    if (state === 'done') return job.lab;
    if (state !== 'more') throw new Error(state.problem);
  }
}

/** Nobody waits for the answers, and the platters are kept as a whole. */
function dropOutput(lab: Lab): void {
  for (const { state, kernel } of lab.lanes) {
    state.answers.length = 0;
    state.pushes.length = 0;
    state.events = state.events.filter(({ event }) => event === 'crash' || event === 'boot');
    kernel.takePlatterChanges();
  }
}
