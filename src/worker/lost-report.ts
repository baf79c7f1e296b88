import type { Lab } from '../lab/lab.ts';
import { lostWrite } from '../lab/lane-view.ts';
import type { LostReport } from './protocol.ts';

/** A person's own writes first, then by offset; `filter` is part of a key. */
export function lostReport(
  lab: Lab,
  laneId: string | undefined,
  from: number,
  count: number,
  filter: string,
): LostReport {
  const lane = lab.lane(laneId);
  const crash = lane?.state.crash;
  if (lane === undefined || crash === null || crash === undefined) return { total: 0, rows: [] };
  const wanted = crash.rows.filter(({ command }) => filter === '' || command.includes(filter));
  const ordered = [...wanted.filter(({ own }) => own), ...wanted.filter(({ own }) => !own)];
  const layers = ['process', 'page-cache', 'drive'] as const;
  return {
    total: ordered.length,
    rows: ordered.slice(from, from + count).map((row) => lostWrite(lane, crash, row)),
    groups: layers
      .map((layer) => ({ layer, writes: wanted.filter((row) => row.layer === layer).length }))
      .filter(({ writes }) => writes > 0),
  };
}
