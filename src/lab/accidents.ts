/**
 * What an accident would have taken of a lane at any instant of its run: how many writes were acknowledged, and up to
 * how many would have outlived the process, or the power. They are noted whenever they change, so that an instant is
 * answered by searching, without going back to it.
 */
import type { Micros } from '../base/time.ts';
import { survivesKill, survivesPower } from './crash.ts';
import type { Lane } from './lane.ts';
import { firstRowLost, writesBefore } from './record-log.ts';
import { addStep, newStepColumn, rowAt, valueAt, type StepColumn } from './step-column.ts';
import type { LaneForecast } from './view.ts';

export interface Accidents {
  /** Write commands acknowledged. */
  readonly acknowledged: StepColumn;
  /** Of the writes in the log the first so many survive, acknowledged or not. */
  readonly killed: StepColumn;
  readonly cut: StepColumn;
  /** 0: without power; 1: no server runs; 2: one does. */
  readonly life: StepColumn;
}

export function newAccidents(): Accidents {
  return {
    acknowledged: newStepColumn(),
    killed: newStepColumn(),
    cut: newStepColumn(),
    life: newStepColumn(),
  };
}

/** To be called when any of it may have changed. */
export function noteAccidents({ state, kernel, now }: Lane): void {
  const { accidents, records } = state;
  addStep(accidents.acknowledged, now, writesBefore(records, records.acknowledged));
  const writesTo = (offset: number): number => writesBefore(records, firstRowLost(records, offset));
  addStep(accidents.killed, now, writesTo(survivesKill(state, kernel)));
  addStep(accidents.cut, now, writesTo(survivesPower(state, kernel)));
  addStep(accidents.life, now, state.power === 'off' ? 0 : state.server === null ? 1 : 2);
}

/** What would have been lost at the instant `at` (with all that is unsynced, if the power failed). */
export function forecastAt(lane: Lane, at: Micros): LaneForecast {
  const { accidents, id } = lane.state;
  const acknowledged = valueAt(accidents.acknowledged, at) ?? 0;
  const lost = (column: StepColumn): LaneForecast['powerLoss'] => {
    const kept = valueAt(column, at) ?? 0;
    const writes = Math.max(0, acknowledged - kept);
    return { writes, ms: writes === 0 ? 0 : (at - acknowledgedSince(accidents, kept, at)) / 1000 };
  };
  return {
    lane: id,
    life: LIVES[valueAt(accidents.life, at) ?? 0] ?? 'off',
    acknowledged,
    processKill: lost(accidents.killed),
    powerLoss: lost(accidents.cut),
  };
}

const LIVES = ['off', 'stopped', 'running'] as const;

/** Since when more than `writes` are acknowledged: the oldest of those that are not kept. */
function acknowledgedSince({ acknowledged }: Accidents, writes: number, at: Micros): Micros {
  const { times, values } = acknowledged;
  let row = rowAt(acknowledged, at);
  // Within a life of the server the number only grows; a restart may have taken it back.
  while (row > 0 && values[row - 1]! > writes && values[row - 1]! <= values[row]!) row--;
  return times[row]!;
}
