/** Which part of the log the strip shows, and how large. */
import type { Situation } from './situation.ts';

export interface StripWindow {
  /** The offset at the strip's left edge. */
  readonly from: number;
  /** Pixels a byte. */
  readonly scale: number;
  readonly width: number;
}

/**
 * The end of the log with room behind it; the bytes above the disk take at most seven tenths of the strip.
 * `peakBytes` is their recent maximum: the scale follows it in steps, so it stands still while the risk
 * rises and falls. A replay shows the whole file.
 */
export function stripWindow(situation: Situation, peakBytes: number, width: number): StripWindow {
  if (width <= 0) return { from: situation.start, scale: 1, width: 0 };
  const length = situation.end - situation.start;
  if (situation.phase === 'replay') {
    return { from: situation.start, scale: length === 0 ? 1 : width / length, width };
  }
  const exposed = Math.max(peakBytes, situation.exposed, 1);
  const wanted = Math.min(1, (0.73 * width) / exposed);
  const scale = 2 ** (Math.floor(Math.log2(wanted) * 8) / 8);
  const usable = width - freeSpace(width);
  return { from: Math.max(situation.start, situation.end - usable / scale), scale, width };
}

export function xOf(offset: number, window: StripWindow): number {
  return Math.min(window.width, Math.max(0, (offset - window.from) * window.scale));
}

function freeSpace(width: number): number {
  return Math.max(18, Math.min(54, width * 0.05));
}
