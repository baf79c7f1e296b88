/** The learner's own records on the strip: a notch each, and a name where no other label is near. */
import { locale } from '../i18n/locale.svelte.ts';
import type { Situation } from '../model/situation.ts';
import { xOf } from '../model/window.ts';
import type { StripWindow } from '../model/window.ts';
import type { LaneHistory } from '../model/run-history.ts';
import type { Measure, PlacedMarkerLabel } from './label-layout.ts';

export interface Notch {
  readonly x: number;
  readonly label: string | null;
}

const apartFromMarkers = 90;
const most = 200;

/** Newest first, so that the newest gets its name when two are close. */
export function ownNotches(
  history: LaneHistory,
  window: StripWindow,
  situation: Situation,
  labels: readonly PlacedMarkerLabel[],
  measure: Measure,
): readonly Notch[] {
  const { records, ownRows } = history;
  const markers = situation.markers.map((marker) => xOf(marker.offset, window));
  const taken = labels.filter((label) => label.row === 0).map(({ x, end }) => ({ x, end }));
  const notches: Notch[] = [];
  let lastX = Infinity;
  for (let i = ownRows.length - 1; i >= 0 && notches.length < most; i--) {
    const row = ownRows[i];
    if (row === undefined) break;
    const offset = records.offsetAt(row);
    const end = offset + records.lengthAt(row);
    // An earlier life of the log, or what a crash took and the file has since written over.
    if (offset >= situation.end || records.rowAtOffset(offset) !== row) continue;
    if (end <= window.from) break;
    const x = (xOf(offset, window) + xOf(end, window)) / 2;
    if (lastX - x < 4) continue;
    lastX = x;
    const name = locale.text.ruler.yours(commandName(records.typedAt(row) ?? records.nameAt(row)));
    const half = measure(name, 400) / 2;
    const free =
      markers.every((marker) => Math.abs(marker - x) >= apartFromMarkers) &&
      x - half >= 0 &&
      x + half <= window.width &&
      taken.every((other) => x + half + 8 < other.x || x - half - 8 > other.end);
    if (free) taken.push({ x: x - half, end: x + half });
    notches.push({ x, label: free ? name : null });
  }
  return notches;
}

function commandName(command: string): string {
  return (command.split(' ', 1)[0] ?? '').toUpperCase();
}
