/** Where times and windows stand in the race's pictures; every lane has the same scales. */
import { niceCeiling } from '../time/track-paths.ts';
import type { CurvePoint, RaceLane } from './race-lanes.ts';

export interface RaceSpan {
  readonly from: number;
  readonly to: number;
}

/** From the first reply that any lane gave to now, or to the crash; never shorter than a second. */
export function raceSpan(lanes: readonly RaceLane[], now: number): RaceSpan {
  let from = Infinity;
  let to = 0;
  for (const { measured, curve, crash } of lanes) {
    from = Math.min(from, measured?.since ?? curve[0]?.at ?? now);
    to = Math.max(to, crash?.at ?? now);
  }
  if (!Number.isFinite(from)) from = 0;
  return { from, to: Math.max(to, from + 1000) };
}

export function spanX(at: number, span: RaceSpan, width: number): number {
  return (Math.max(0, at - span.from) / (span.to - span.from)) * width;
}

/** Instants (ms) for the axis, apart by 1, 2 or 5 of a power of ten, about `most` of them, three at least. */
export interface TimeTicks {
  readonly at: readonly number[];
  /** Decimals that their labels in seconds need. */
  readonly decimals: number;
}

export function timeTicks(span: RaceSpan, most: number): TimeTicks {
  const length = span.to - span.from;
  const step = roundStep(length / Math.max(3, most));
  const at: number[] = [];
  // The beginning is close enough to a tick that stands just before it.
  const first = Math.ceil(Math.max(0, span.from - length / 50) / step);
  for (let i = first; i * step <= span.to; i++) at.push(i * step);
  return { at, decimals: step >= 1000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3 };
}

function roundStep(least: number): number {
  for (let unit = 1; ; unit *= 10)
    for (const times of [1, 2, 5]) if (times * unit >= least) return times * unit;
}

/** The writes at the upper edge of every lane. */
export function topOf(curves: readonly (readonly CurvePoint[])[]): number {
  const peaks = curves.map((curve) =>
    curve.reduce((most, { writes }) => Math.max(most, writes), 0),
  );
  return niceCeiling(Math.max(10, ...peaks));
}

export interface CurvePaths {
  readonly line: string;
  readonly area: string;
  /** The part that the crash took; empty if there was none. */
  readonly lostLine: string;
  readonly lostArea: string;
  /** x of each fall: something reached the disk. */
  readonly falls: readonly number[];
}

/** `whole` is the lane's curve over the run, for the falls that the part of it does not show. */
export function curvePaths(
  curve: readonly CurvePoint[],
  lost: boolean,
  span: RaceSpan,
  top: number,
  width: number,
  height: number,
  whole = curve,
): CurvePaths {
  const xy = curve.map(({ at, writes }) => ({
    x: spanX(at, span, width),
    y: height - (Math.min(writes, top) / top) * height,
  }));
  let lastFall = 0;
  for (let i = 1; i < curve.length; i++) if (curve[i]!.writes < curve[i - 1]!.writes) lastFall = i;
  const falls: number[] = [];
  for (let i = 1; i < whole.length; i++) {
    const { at, writes } = whole[i]!;
    if (writes >= whole[i - 1]!.writes || at < span.from || at > span.to) continue;
    const x = spanX(at, span, width);
    if (x - (falls.at(-1) ?? -9) >= 3) falls.push(x);
  }
  const split = lost ? lastFall : xy.length;
  const kept = xy.slice(0, split);
  const taken = xy.slice(split);
  return { ...pathsOf(kept, height, ''), ...lostPathsOf(taken, height), falls };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function pathsOf(places: readonly Place[], height: number, none: string) {
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) return { line: none, area: none };
  const points = places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
  return {
    line: `M${points}`,
    area: `M${first.x.toFixed(1)} ${height}L${points}V${height}z`,
  };
}

function lostPathsOf(places: readonly Place[], height: number) {
  const { line, area } = pathsOf(places, height, '');
  return { lostLine: line, lostArea: area };
}

/** The axis of windows: 0 apart, then each ten times the one before. In seconds. */
export interface WindowAxis {
  readonly ticks: readonly number[];
}

export function windowAxis(longestMs: number): WindowAxis {
  const ticks = [0, 0.1, 1, 10, 100];
  for (let next = 1000; longestMs / 1000 > ticks.at(-1)!; next *= 10) ticks.push(next);
  return { ticks };
}

/** The axis leaves this share of the width free at either end, for its labels. */
export const AXIS_MARGIN = 0.09;

/** Share of the axis's width, 0 to 1. */
export function windowX(ms: number, axis: WindowAxis): number {
  const last = axis.ticks.length - 1;
  return AXIS_MARGIN + (1 - 2 * AXIS_MARGIN) * (Math.min(last, ticksOf(ms)) / last);
}

/** How many ticks right of 0 a window stands: 0.1 s at 1, 1 s at 2, and so on. */
export function ticksOf(ms: number): number {
  const seconds = ms / 1000;
  if (seconds <= 0) return 0;
  return seconds < 0.1 ? seconds / 0.1 : 2 + Math.log10(seconds);
}

/** The window in ms that stands there, to two digits: the way back from `ticksOf`. */
export function windowAt(ticks: number): number {
  if (ticks <= 0) return 0;
  return Number((ticks < 1 ? ticks * 100 : 1000 * 10 ** (ticks - 2)).toPrecision(2));
}
