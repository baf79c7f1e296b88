import type { LogLine } from './log-lines.ts';
import type { RowLayer } from './log-markers.ts';

/** A stretch of lines whose records are in the same layer, in pixels from the first line. */
export interface GutterBand {
  readonly layer: RowLayer;
  readonly from: number;
  readonly to: number;
}

/** Neighbouring lines of one layer in one band, so that its pattern runs on; a rule parts bands. */
export function gutterBands(lines: readonly LogLine[], rowHeight: number): GutterBand[] {
  const bands: GutterBand[] = [];
  lines.forEach((line, i) => {
    if (line.type === 'marker' || line.type === 'dropped') return;
    const from = i * rowHeight;
    const last = bands.at(-1);
    if (last !== undefined && last.layer === line.layer && last.to === from) {
      bands[bands.length - 1] = { ...last, to: from + rowHeight };
    } else {
      bands.push({ layer: line.layer, from, to: from + rowHeight });
    }
  });
  return bands;
}
