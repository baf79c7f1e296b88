/** The race's zoom: which part is shown, its axis, and what of each lane's curve is in it. */
import { describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../../src/ui/race/race-lanes.ts';
import { curvePaths, timeTicks } from '../../../src/ui/race/race-scale.ts';
import { RaceZoom } from '../../../src/ui/race/race-zoom.svelte.ts';
import { cutPart, partCurve, SHORTEST_PART } from '../../../src/ui/race/shown-part.ts';

const whole = { from: 12, to: 102_740 };

describe('the part of the time that is shown', () => {
  test('is the whole run at first, and grows with it', () => {
    let to = 5000;
    const zoom = new RaceZoom(() => ({ whole: { from: 0, to }, cut: null }));
    expect(zoom.span).toEqual({ from: 0, to: 5000 });
    to = 6000;
    expect(zoom.span).toEqual({ from: 0, to: 6000 });
    expect(zoom.isWhole).toBe(true);
    // Closer: it keeps to the end, which moves on.
    zoom.act('in');
    expect(zoom.span).toEqual({ from: 3000, to: 6000 });
    to = 7000;
    expect(zoom.span).toEqual({ from: 4000, to: 7000 });
    // Elsewhere it stands.
    zoom.act('earlier');
    to = 9000;
    expect(zoom.span).toEqual({ from: 2500, to: 5500 });
    zoom.act('whole');
    expect(zoom.span).toEqual({ from: 0, to: 9000 });
  });

  test('goes to the two seconds before the accident, closer around it, and back to the whole', () => {
    const zoom = new RaceZoom(() => ({ whole, cut: 102_740 }));
    zoom.act('cut');
    expect(zoom.span).toEqual({ from: 100_740, to: 102_740 });
    zoom.act('in');
    expect(zoom.span).toEqual({ from: 101_740, to: 102_740 });
    zoom.act('out');
    zoom.act('out');
    expect(zoom.span).toEqual({ from: 98_740, to: 102_740 });
    zoom.act('earlier');
    expect(zoom.span).toEqual({ from: 96_740, to: 100_740 });
    zoom.act('later');
    zoom.act('later');
    expect(zoom.span.to).toBe(102_740);
    for (let i = 0; i < 20; i++) zoom.act('out');
    expect(zoom.span).toEqual(whole);
  });

  test('keeps the instant under the pointer where it is', () => {
    const zoom = new RaceZoom(() => ({ whole: { from: 0, to: 8000 }, cut: null }));
    zoom.act('in', 2000);
    expect(zoom.span).toEqual({ from: 1000, to: 5000 });
    zoom.act('in', 2000);
    expect(zoom.span).toEqual({ from: 1500, to: 3500 });
  });

  test('never leaves the run, nor goes closer than its points, and says what it cannot do', () => {
    const zoom = new RaceZoom(() => ({ whole, cut: null }));
    expect(['out', 'whole', 'cut', 'earlier', 'later'].some((act) => zoom.can(act as 'out'))).toBe(
      false,
    );
    zoom.act('cut');
    expect(zoom.isWhole).toBe(true);
    for (let i = 0; i < 40; i++) zoom.act('in');
    expect(zoom.can('in')).toBe(false);
    expect(zoom.span.to - zoom.span.from).toBeCloseTo(SHORTEST_PART, 6);
    expect(zoom.span.to).toBe(whole.to);
    zoom.act('later');
    expect(zoom.span.to).toBe(whole.to);
    for (let i = 0; i < 3; i++) zoom.act('earlier', undefined);
    expect(zoom.span.to).toBeCloseTo(whole.to - 30, 6);
    zoom.forget();
    expect(zoom.span).toEqual(whole);
  });

  test('of a short race is its last half', () => {
    expect(cutPart({ from: 0, to: 1000 }, 600)).toEqual({ from: 300, to: 600 });
  });
});

describe('the axis', () => {
  test('has round instants of the lab, and as many decimals as they need', () => {
    expect(timeTicks(whole, 7)).toEqual({
      at: [0, 20_000, 40_000, 60_000, 80_000, 100_000],
      decimals: 0,
    });
    expect(timeTicks({ from: 100_740, to: 102_740 }, 5)).toEqual({
      at: [101_000, 101_500, 102_000, 102_500],
      decimals: 1,
    });
    expect(timeTicks({ from: 102_720, to: 102_740 }, 4)).toEqual({
      at: [102_720, 102_725, 102_730, 102_735, 102_740],
      decimals: 3,
    });
  });

  test('always has a tick, and never more than asked for beside the one at its beginning', () => {
    for (let length = 20; length < 1e7; length *= 1.37)
      for (const most of [3, 5, 7]) {
        const { at } = timeTicks({ from: 12_345.678, to: 12_345.678 + length }, most);
        expect(at.length, `${length} ms`).toBeLessThanOrEqual(most + 1);
        expect(at.length).toBeGreaterThan(0);
      }
  });
});

describe('a lane in a part of the time', () => {
  const everysec: readonly CurvePoint[] = [
    { at: 0, writes: 0 },
    { at: 1000, writes: 400 },
    { at: 1000, writes: 0 },
    { at: 2000, writes: 400 },
    { at: 2000, writes: 8 },
    { at: 2740, writes: 304 },
  ];
  const none: readonly CurvePoint[] = [
    { at: 0, writes: 0 },
    { at: 2740, writes: 1096 },
  ];
  const part = { from: 740, to: 2740 };

  test('shows what is at risk of the writes that were answered in it', () => {
    // Of 400 a second: 104 until the first fsync, which made them safe; then as in the whole.
    expect(partCurve(everysec, part)).toEqual([
      { at: 740, writes: 0 },
      { at: 1000, writes: 104 },
      { at: 1000, writes: 0 },
      { at: 2000, writes: 400 },
      { at: 2000, writes: 8 },
      { at: 2740, writes: 304 },
    ]);
    const [first, last] = partCurve(none, part);
    expect(first).toEqual({ at: 740, writes: 0 });
    expect(last!.at).toBe(2740);
    expect(last!.writes).toBeCloseTo(800, 9);
  });

  test('falls only by what it shows, and still marks each fsync', () => {
    const late = { from: 1990, to: 2010 };
    const shown = partCurve(everysec, late);
    // Four were answered in it when the fsync ended; the eight that it left are older and newer.
    expect(shown.map(({ at, writes }) => [at, Math.round(writes)])).toEqual([
      [1990, 0],
      [2000, 4],
      [2000, 4],
      [2010, 8],
    ]);
    expect(curvePaths(shown, true, late, 10, 200, 50, everysec).falls).toEqual([100]);
  });
});
