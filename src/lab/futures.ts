/** Two futures of one run, side by side: where they part, and what became of each lane and its keys. */
import type { Micros, Millis } from '../base/time.ts';
import type { Database } from '../engine/data/key-space.ts';
import { forecastAt } from './accidents.ts';
import { actionLines, addressee, DEFAULT_CLIENT } from './action-text.ts';
import type { TimedAction } from './action.ts';
import { keptActions, withoutLargeFiles } from './kept-actions.ts';
import type { KeptAction } from './kept.ts';
import type { LabState } from './lab-state.ts';
import type { Lab } from './lab.ts';
import type { Lane } from './lane.ts';
import { comeBack, compareKeys, databasesNow, memoryRow } from './memory-view.ts';
import type { LabPlan } from './setup.ts';
import type { FutureLane, LaneOutcome } from './view.ts';

export interface ComparedFutures {
  /** The first thing that one did and the other did not, as lines of the action log; null: nothing. */
  readonly first: { readonly here: string | null; readonly there: string | null };
  /** When they part: since the lab began. */
  readonly partAt: Micros;
  readonly lanes: readonly FutureLane[];
}

/** How many of the keys that differ are named. */
const KEYS_NAMED = 50;

export function compareFutures(here: Lab, there: Lab): ComparedFutures {
  const ends = [here, there].map((lab) => lab.clock.now - lab.epoch);
  const { at, first } =
    here.state.plan === there.state.plan
      ? partingByDeeds(here, there)
      : partingByLines(here, there);
  const partAt = Math.min(at, ...ends);
  return {
    first,
    partAt,
    lanes: here.lanes.flatMap((lane, i) => {
      const other = there.lanes[i];
      return other === undefined ? [] : [comparedLane(here, lane, there, other, partAt)];
    }),
  };
}

interface Parting {
  readonly at: Micros;
  readonly first: ComparedFutures['first'];
}

/** A run and those that were left in the same visit share their actions, one by one. */
function partingByDeeds({ state: here }: Lab, { state: there }: Lab): Parting {
  let i = 0;
  const count = Math.min(here.actions.length, there.actions.length);
  while (i < count && here.actions[i] === there.actions[i]) i++;
  const [ours, theirs] = [here.actions[i], there.actions[i]];
  return {
    at: Math.min(ours?.at ?? Infinity, theirs?.at ?? Infinity),
    first: { here: actionLine(ours, here.plan), there: actionLine(theirs, there.plan) },
  };
}

/** Of an earlier visit only lines are known: those since both began are compared. */
function partingByLines({ state: here }: Lab, { state: there }: Lab): Parting {
  const since = Math.max(startOf(here), startOf(there));
  const [ours, theirs] = [linesOf(here, since), linesOf(there, since)];
  let i = 0;
  const same = (one?: KeptAction, other?: KeptAction): boolean =>
    one !== undefined && one.at === other?.at && one.action === other.action;
  while (same(ours[i], theirs[i])) i++;
  const at = Math.min(ours[i]?.at ?? Infinity, theirs[i]?.at ?? Infinity);
  // Some lines only say to whom the next one goes.
  const deed = (lines: readonly KeptAction[]): string | null =>
    lines.slice(i).find(({ action }) => !/^!(lane|client) /.test(action))?.action ?? null;
  return { at: Math.round(at * 1000), first: { here: deed(ours), there: deed(theirs) } };
}

/** From when on it is known what was done. */
function startOf({ reopened, plan }: LabState): Millis {
  if (reopened === null || reopened.earlier !== undefined) return 0;
  return (reopened.at - plan.createdAt) / 1000;
}

/** Without the power cut and the boot by which a lab was opened again at that instant. */
function linesOf(state: LabState, since: Millis): readonly KeptAction[] {
  return [...state.earlier, ...keptActions(state, 0)].filter(
    ({ at, action }) => at > since || (at === since && action !== '!power' && action !== '!boot'),
  );
}

/** An action as its line in the action log; null: there is none. */
export function actionLine(timed: TimedAction | undefined, plan: LabPlan): string | null {
  if (timed === undefined) return null;
  const first = { lane: plan.lanes[0]!.id, client: DEFAULT_CLIENT };
  // Without the lines that only say to whom it goes.
  const lines = actionLines([withoutLargeFiles(timed)], addressee([timed], 1, first));
  return lines[lines.length - 1]?.action ?? null;
}

function comparedLane(here: Lab, lane: Lane, there: Lab, other: Lane, partAt: Micros): FutureLane {
  const [ours, theirs] = [databasesOf(here, lane), databasesOf(there, other)];
  const differing = compareKeys(ours, theirs).filter(({ mark }) => mark !== 'same');
  const millis = Math.floor(lane.kernel.wallClock(here.clock.now) / 1000);
  return {
    lane: lane.state.id,
    here: outcome(here, lane, ours, partAt),
    there: outcome(there, other, theirs, partAt),
    differing: differing.length,
    keys: differing.slice(0, KEYS_NAMED).map((key) => {
      const row = memoryRow(key, ours, theirs, millis);
      return { key: row.key, here: row.now?.text ?? null, there: row.after?.text ?? null };
    }),
  };
}

/** Its keys; of a server that is down, those that a boot would bring back. */
function databasesOf(lab: Lab, lane: Lane): readonly Database[] {
  if (lane.state.server !== null) return databasesNow(lane);
  const back = comeBack(lab, lane, 'process-killed', 'lost');
  return back.ok ? back.databases : [];
}

/** What its accident took since they parted; without one, what a loss of power would take at its end. */
function outcome(
  lab: Lab,
  lane: Lane,
  databases: readonly Database[],
  partAt: Micros,
): LaneOutcome {
  const { crash, status } = lane.state;
  const keys = databases.reduce((sum, { space }) => sum + space.entries.length, 0);
  const common = { state: status, keys };
  if (crash !== null && crash.at - lab.epoch >= partAt) {
    const { kind, at, acknowledged, lost } = crash;
    const accident = { kind, at: (at - lab.epoch) / 1000 };
    return { ...common, acknowledged, lost, survived: acknowledged - lost, accident };
  }
  const { acknowledged, powerLoss } = forecastAt(lane, lab.clock.now);
  const lost = powerLoss.writes;
  return { ...common, acknowledged, lost, survived: acknowledged - lost, accident: null };
}
