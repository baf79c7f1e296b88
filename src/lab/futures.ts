/** Two futures of one run, side by side: where they part, and what became of each lane and its keys. */
import type { Micros } from '../base/time.ts';
import type { Database } from '../engine/data/key-space.ts';
import { forecastAt } from './accidents.ts';
import type { Lab } from './lab.ts';
import type { Lane } from './lane.ts';
import { comeBack, compareKeys, databasesNow, memoryRow } from './memory-view.ts';
import type { FutureLane, LaneOutcome } from './view.ts';

export interface ComparedFutures {
  /** The number of the first action that one did and the other did not. */
  readonly first: number;
  /** When they part: since the lab began. */
  readonly partAt: Micros;
  readonly lanes: readonly FutureLane[];
}

/** How many of the keys that differ are named. */
const KEYS_NAMED = 50;

export function compareFutures(here: Lab, there: Lab): ComparedFutures {
  const [ours, theirs] = [here.state.actions, there.state.actions];
  let first = 0;
  while (first < ours.length && first < theirs.length && ours[first] === theirs[first]) first++;
  const ends = [here, there].map((lab) => lab.clock.now - lab.epoch);
  const partAt = Math.min(ours[first]?.at ?? Infinity, theirs[first]?.at ?? Infinity, ...ends);
  return {
    first,
    partAt,
    lanes: here.lanes.flatMap((lane, i) => {
      const other = there.lanes[i];
      return other === undefined ? [] : [comparedLane(here, lane, there, other, partAt)];
    }),
  };
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
