/**
 * The checkpoints of a run, dense enough that any instant of it is near one, and bounded in number and bytes: when they
 * are too many, those go first whose absence lengthens the way to an instant least; of long ago, a little sooner.
 */
import {
  canBeCopied,
  isQuiet,
  labAt,
  renewColumns,
  takeCheckpoint,
  type Checkpoint,
  type KnownSpaces,
} from './checkpoint.ts';
import { startLab, type Run } from './replay.ts';
import type { Lab } from './lab.ts';

/** Events between two checkpoints: some hundredths of a second of replay. */
const SPACING = 4_000;
/** A flood changes so much between two of them that copying it would be a fifth of all work… */
const FEW_ENTRIES = 1_000;
/** …so for each entry beyond these the next one is put off by so many events… */
const EVENTS_AN_ENTRY = 4;
/** …up to this, since the way to an instant grows with it. */
const MOST_SPACINGS = 5;
/** While a child runs, a copy costs a whole data set: it is put off so many spacings. */
const PATIENCE = 12;
/** In all four fifths of what they are copies of, but never less than this, nor more. */
const FEWEST_BYTES = 60 * 1024 * 1024;
const MOST_BYTES = 192 * 1024 * 1024;
const MOST = 400;
/** What Redis takes of memory for a small key, about. */
const KEY_BYTES = 100;

export interface CheckpointLimits {
  readonly spacing: number;
  /** What they may take in all, for a lab as it is now. */
  readonly bytes: (lab: Lab) => number;
}

export class Checkpoints {
  private kept: Checkpoint[] = [];
  private known: KnownSpaces = new WeakMap();
  private readonly limits: CheckpointLimits;

  constructor(limits: CheckpointLimits = { spacing: SPACING, bytes: usualBytes }) {
    this.limits = limits;
  }

  get count(): number {
    return this.kept.length;
  }

  /** To be called between two slices of a lab that goes on: takes a checkpoint when one is due. */
  note(lab: Lab): void {
    const { seq } = lab.state.clock;
    const last = this.before(wayOf(lab));
    const since = seq - (last?.work ?? 0);
    const { spacing } = this.limits;
    const more = Math.min(
      MOST_SPACINGS * spacing,
      Math.max(0, (last?.fresh ?? 0) - FEW_ENTRIES) * EVENTS_AN_ENTRY,
    );
    const due = spacing + more;
    if (since < due || (since < due * PATIENCE && !isQuiet(lab)) || !canBeCopied(lab)) return;
    this.add(takeCheckpoint(lab, this.known), lab);
  }

  /** The run as it is now, whatever the time since the last one. */
  take(lab: Lab): Checkpoint {
    const checkpoint = takeCheckpoint(lab, this.known);
    this.add(checkpoint, lab);
    return checkpoint;
  }

  /** A lab on the way to the run's end, as near to it as there is one. */
  nearest(run: Run): Lab {
    const checkpoint = this.before(run);
    return checkpoint === undefined ? startLab(run) : labAt(checkpoint, this.known);
  }

  /** The last checkpoint on the way to the run's end. */
  before(run: Run): Checkpoint | undefined {
    return this.kept.findLast((each) => leadsTo(each, run));
  }

  /** Another run, which shares nothing with this one. */
  forget(): void {
    this.kept = [];
    this.known = new WeakMap();
  }

  private add(checkpoint: Checkpoint, lab: Lab): void {
    const { kept } = this;
    // Another future has its own: what lies behind the place where they part is no way to this one.
    const way = wayOf(lab);
    for (const each of kept) if (leadsTo(each, way)) renewColumns(each, lab);
    const at = kept.findLastIndex(({ work }) => work <= checkpoint.work);
    kept.splice(at + 1, 0, checkpoint);
    let bytes = kept.reduce((sum, { weight }) => sum + weight, 0);
    const most = this.limits.bytes(lab);
    while (kept.length > 2 && (kept.length > MOST || bytes > most)) {
      const [gone] = kept.splice(this.leastNeeded(), 1);
      bytes -= gone!.weight;
    }
  }

  /** Never the first, nor the last. */
  private leastNeeded(): number {
    const { kept } = this;
    const end = kept[kept.length - 1]!.work;
    let least = 1;
    let cost = Infinity;
    for (let i = 1; i < kept.length - 1; i++) {
      const gap = kept[i + 1]!.work - kept[i - 1]!.work;
      const age = (end - kept[i]!.work) / end;
      if (gap / (1 + 2 * age) < cost) {
        cost = gap / (1 + 2 * age);
        least = i;
      }
    }
    return least;
  }
}

/** A share of the files in the page cache, on the platter, and the data sets: of what the lab simulates. */
function usualBytes({ lanes }: Lab): number {
  let bytes = 0;
  for (const { state } of lanes) {
    bytes += 2 * state.kernel.usedBytes;
    for (const { space } of state.server?.engine.databases ?? [])
      bytes += space.entries.length * KEY_BYTES;
  }
  return Math.max(FEWEST_BYTES, Math.min(bytes * 0.8, MOST_BYTES));
}

/** As `runOf`, whose copy of the actions is not needed here. */
function wayOf(lab: Lab): Run {
  const { plan, reopened, actions } = lab.state;
  return { plan, reopened, actions, end: lab.clock.now - lab.epoch };
}

/** Whether a run of these actions comes by there. A run and its replays share their actions, one by one. */
function leadsTo(checkpoint: Checkpoint, { plan, reopened, actions, end }: Run): boolean {
  const { at, actions: done, frozen } = checkpoint;
  if (frozen.plan !== plan || frozen.reopened !== reopened) return false;
  if (at > end || done > actions.length) return false;
  if (done > 0 && frozen.actions[done - 1] !== actions[done - 1]) return false;
  const next = actions[done];
  return next === undefined || next.at >= at;
}
