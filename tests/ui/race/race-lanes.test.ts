import { describe, expect, test } from 'vitest';
import {
  biggestMiss,
  isRight,
  laneName,
  laneReason,
  laneWhy,
  priceOfAlways,
  raceCrash,
  raceLanes,
  type Prediction,
} from '../../../src/ui/race/race-lanes.ts';
import { raceCsv } from '../../../src/ui/race/race-csv.ts';
import {
  curvePaths,
  raceSpan,
  ticksOf,
  topOf,
  windowAt,
  windowAxis,
  windowX,
} from '../../../src/ui/race/race-scale.ts';
import { readPrediction } from '../../../src/ui/race/predictions.svelte.ts';
import { en } from '../../../src/ui/race/texts-en.ts';
import { id } from '../../../src/ui/race/texts-id.ts';
import type { Crash, LaneFrame, LaneView, Measured } from '../../../src/worker/protocol.ts';
import { crashOf, laneView } from '../scenario.ts';

const measured: Measured = {
  since: 100,
  seconds: 10,
  commands: 4000,
  commandsPerSecond: 400,
  p50Ms: 0.06,
  p99Ms: 0.12,
};

function frameOf(change: Partial<LaneView>, curve: readonly number[] = []): LaneFrame {
  return {
    view: laneView(change),
    records: null,
    timeline: null,
    curve: Float64Array.from(curve),
    log: [],
  };
}

function lost(writes: number, ms: number, change: Partial<Crash> = {}): Crash {
  return crashOf({
    at: 10_100,
    acknowledged: 4000,
    survived: 4000 - writes,
    lost: writes,
    ms,
    measured,
    fileBytes: 264_000,
    durableTo: 10_100 - ms,
    ...change,
  });
}

const five = raceLanes(
  [
    frameOf(
      { id: 'none', policy: null, crash: lost(4000, 10_000, { fileBytes: null, durableTo: null }) },
      [100, 0, 5000, 1960, 10_100, 4000, 20_000, 7],
    ),
    frameOf(
      { id: 'rdb', policy: null, savePoints: '10 100', crash: lost(200, 500) },
      [100, 0, 9600, 3800, 9600, 0, 10_100, 200],
    ),
    frameOf({ id: 'no', policy: 'no', crash: lost(4000, 10_000, { durableTo: null }) }),
    frameOf({ id: 'everysec', policy: 'everysec', crash: lost(296, 740) }),
    frameOf({
      id: 'always',
      policy: 'always',
      crash: lost(0, 0, {
        acknowledged: 1250,
        survived: 1250,
        measured: { ...measured, commands: 1250, commandsPerSecond: 125, p50Ms: 32 },
      }),
    }),
  ],
  30_000,
);

describe('the lanes of a race', () => {
  test('are named by what they keep, and by their id too where two keep the same', () => {
    expect(five.map((lane) => laneName(lane, en))).toEqual([
      'no persistence',
      'RDB',
      'appendfsync no',
      'appendfsync everysec',
      'appendfsync always',
    ]);
    const twins = raceLanes([frameOf({ id: 'a' }), frameOf({ id: 'b' })], 0);
    expect(twins.map((lane) => laneName(lane, id))).toEqual([
      'appendfsync everysec (a)',
      'appendfsync everysec (b)',
    ]);
  });

  test('show the numbers of the crash, not those of what runs again since', () => {
    const again = frameOf({
      policy: 'always',
      acknowledgedWrites: 7,
      measured: { ...measured, commandsPerSecond: 3 },
      fileBytes: 1,
      crash: lost(3, 20),
    });
    const [lane] = raceLanes([again], 50_000);
    expect(lane).toMatchObject({ acknowledged: 4000, fileBytes: 264_000, measured });
    expect(lane!.curve.at(-1)).toEqual({ at: 10_100, writes: 3 });
  });

  test('end their curve at the crash', () => {
    expect(five[0]!.curve.map(({ at }) => at)).toEqual([100, 5000, 10_100, 10_100]);
    expect(five[0]!.peak).toBe(4000);
    expect(raceCrash(five)?.at).toBe(10_100);
  });

  test('give their reasons with the instant that the disk has reached', () => {
    expect(five.map((lane) => laneReason(lane, en))).toEqual([
      'Memory only. Nothing is ever given to a file.',
      'save 10 100. The snapshot on the disk holds the data of 9.600 s.',
      'The kernel decides. It has written nothing to the disk yet.',
      'One fsync a second. The disk has what came up to 9.360 s.',
      'fsync first, then the reply. What was answered is on the disk.',
    ]);
    expect(laneWhy(five[3]!, id)).toContain('9,360 detik');
    expect(laneWhy(five[0]!, id)).toContain('4.000 penulisan');
  });
});

describe('predictions', () => {
  test.each([
    ['1.5', 1.5],
    [' 1,5 ', 1.5],
    ['0', 0],
    ['ALL', 'all'],
    ['semua', 'all'],
    ['', null],
    ['-1', null],
    ['1e9', null],
    ['ten', null],
  ] as const)('%j is read as %j', (text, value) => {
    expect(readPrediction(text, id.all)).toBe(value);
  });

  test('are right within a quarter of a second or of the window; all is right if nothing came back', () => {
    const [none, , , everysec, always] = five;
    expect(isRight('all', none!)).toBe(true);
    expect(isRight(1, everysec!)).toBe(false);
    expect(isRight(0.9, everysec!)).toBe(true);
    expect(isRight(0, always!)).toBe(true);
    expect(isRight('all', always!)).toBe(false);
  });

  test('the biggest miss is the one that is wrong by the largest factor', () => {
    const said = (pairs: readonly (readonly [string, Prediction])[]) =>
      biggestMiss(five, new Map(pairs))?.id ?? null;
    expect(said([])).toBeNull();
    expect(
      said([
        ['none', 'all'],
        ['always', 0],
      ]),
    ).toBeNull();
    expect(
      said([
        ['no', 1],
        ['everysec', 2],
      ]),
    ).toBe('no');
    expect(
      said([
        ['always', 60],
        ['no', 1],
      ]),
    ).toBe('always');
  });
});

test('always has its price where it serves less than the others', () => {
  expect(priceOfAlways(five)).toMatchObject({
    slower: true,
    always: { commandsPerSecond: 125 },
    other: { commandsPerSecond: 400 },
  });
  expect(priceOfAlways(five.slice(0, 4))).toBeNull();
});

describe('scales', () => {
  test('a window stands by tens, zero apart, and the axis grows with the longest', () => {
    const axis = windowAxis(10_000);
    expect(axis.ticks).toEqual([0, 0.1, 1, 10, 100]);
    const places = [0, 50, 100, 1000, 10_000, 100_000].map((ms) => windowX(ms, axis));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[3]! - places[2]!).toBeCloseTo(places[4]! - places[3]!, 9);
    expect(windowAxis(600_000).ticks.at(-1)).toBe(1000);
    expect(windowX(600_000, windowAxis(600_000))).toBeLessThan(0.92);
    // A place on the axis and its window are the same thing twice.
    for (const ms of [0, 50, 100, 1000, 2500, 10_000, 100_000])
      expect(windowAt(ticksOf(ms))).toBe(ms);
  });

  test('every lane has the same span and the same top', () => {
    expect(raceSpan(five, 30_000)).toEqual({ from: 100, to: 10_100 });
    expect(topOf(five.map(({ curve }) => curve))).toBe(4000);
  });

  test('what an accident took is the part after the last fall', () => {
    const paths = curvePaths(five[1]!.curve, true, { from: 100, to: 10_100 }, 4000, 1000, 100);
    expect(paths.falls).toEqual([950]);
    expect(paths.line).toBe('M0.0 100.0L950.0 5.0');
    expect(paths.lostLine.startsWith('M950.0 100.0L1000.0 95.0')).toBe(true);
    expect(
      curvePaths(five[1]!.curve, false, { from: 100, to: 10_100 }, 4000, 1000, 100).lostLine,
    ).toBe('');
  });
});

test('the table for other programs has its units in the heads, points in its numbers, and quotes where needed', () => {
  const csv = raceCsv(
    five,
    new Map<string, Prediction>([
      ['everysec', 1.5],
      ['none', 'all'],
    ]),
    { ...en, kinds: { ...en.kinds, rdb: 'R, "D" B' } },
  );
  const lines = csv.split('\r\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe(
    'lane,configuration,rate (commands/s),latency p50 (ms),latency p99 (ms),file (B),acknowledged (writes),at risk (writes),survived (writes),lost (writes),window (s),predicted (s)',
  );
  expect(lines[1]).toBe('none,no persistence,400.0,0.060,0.120,,4000,,0,4000,10.000,all');
  expect(lines[2]).toContain('rdb,"R, ""D"" B",');
  expect(lines[4]).toBe(
    'everysec,appendfsync everysec,400.0,0.060,0.120,264000,4000,,3704,296,0.740,1.5',
  );
});

test('numbers are written as each language writes them, with their units', () => {
  expect(en.rate(1234.5)).toBe('1,235/s');
  expect(id.rate(1234.5)).toBe('1.235/dtk');
  expect(en.ms(1234.5)).toBe('1,234.5 ms');
  expect(id.ms(1234.5)).toBe('1.234,5 ms');
  expect(en.ms(0.054)).toBe('0.05 ms');
  expect(id.duration(32_740)).toBe('32,74 detik');
  expect(en.cut(102_740)).toBe('Power cut at 102.740 s');
});
