/** From what the browser kept back to a lab: the same machines, booted from the same platters. */
import { decodeKept, type Kept } from '../lab/kept.ts';
import { Lab } from '../lab/lab.ts';
import type { LabPlan } from '../lab/setup.ts';
import { encodePlatterChanges } from '../machine/platter-codec.ts';
import { platterSnapshot } from '../machine/platter-snapshot.ts';
import { applyPlatterChanges, createPlatter, type Platter } from '../machine/platter.ts';
import type { Recovered } from './protocol.ts';

export interface Reopened {
  readonly lab: Lab | null;
  /** How many of the lab's actions are kept already: its power cut and its boot are not. */
  readonly actionsKept: number;
  /** What the learner should know of the time in between; null if there is nothing to say. */
  readonly report: string | null;
  /** Acknowledged writes that were not on the disk when the page was closed. */
  readonly lostWrites: number;
}

export function reopenLab(records: readonly Uint8Array[]): Reopened {
  if (records.length === 0) return nothing(null);
  const kept: Kept[] = [];
  for (const bytes of records) {
    const record = decodeKept(bytes);
    if (typeof record === 'string')
      return nothing(`${record}; a new lab was started and the old bytes were left in place.`);
    kept.push(record);
  }
  const first = kept[0]!;
  const last = kept[kept.length - 1]!;
  if (first.plan === undefined)
    return nothing('What was kept has no beginning; a new lab was started.');
  const platters = new Map<string, Platter>(
    first.plan.lanes.map((id) => [id, createPlatter(first.at)]),
  );
  for (const { changes } of kept) {
    for (const [lane, list] of changes) {
      const platter = platters.get(lane);
      if (platter !== undefined) applyPlatterChanges(platter, list);
    }
  }
  const clock = last.clock ?? first.plan.clock;
  const plan: LabPlan = {
    ...first.plan,
    clock,
    workload: null,
    lanes: first.plan.lanes.map((id) => ({ id, config: new Map(), repaired: new Set() })),
    files: new Map(),
  };
  const earlier = kept.flatMap((record) => record.actions);
  const snapshots = new Map(
    [...platters].map(([id, platter]) => [id, encodePlatterChanges(platterSnapshot(platter))]),
  );
  const lab = Lab.reopen(plan, { at: last.at, platters: snapshots, earlier });
  const lostWrites = last.risks.reduce((sum, { writes }) => sum + writes, 0);
  return { lab, actionsKept: earlier.length, report: null, lostWrites };
}

function nothing(report: string | null): Reopened {
  return { lab: null, actionsKept: 0, report, lostWrites: 0 };
}

/** What to tell of it all; null if nothing was lost and nothing went wrong. */
export function recoveredOf(
  stores: string | null,
  { report, lostWrites }: Reopened,
): Recovered | null {
  const told = [stores, report].filter((text) => text !== null).join(' ');
  if (told === '' && lostWrites === 0) return null;
  const cut = lostWrites === 0 ? '' : powerCutReport(lostWrites);
  const text = [told, cut].filter((part) => part !== '').join(' ');
  return { text, stores: told === '' ? null : told, lostWrites };
}

function powerCutReport(lost: number): string {
  const writes = lost === 1 ? '1 acknowledged write was' : `${lost} acknowledged writes were`;
  return `Closing the page cut the power of this machine: ${writes} not on its disk and did not come back.`;
}
