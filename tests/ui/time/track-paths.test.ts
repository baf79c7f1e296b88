import { describe, expect, test } from 'vitest';
import { Column } from '../../../src/ui/model/timeline.ts';
import { outages } from '../../../src/ui/time/outages.ts';
import { boxPath, niceCeiling, riskPath, tickPath } from '../../../src/ui/time/track-paths.ts';

const span = { from: 0, to: 1000, step: 100 };
function column(stride: number, ...values: number[]): Column {
  const made = new Column(stride);
  made.append(Float64Array.from(values));
  return made;
}

describe('the sawtooth', () => {
  test('holds each value until the next sample, and the last until now', () => {
    const { line, top } = riskPath(
      column(2, 0, 0, 200, 5, 400, 10, 600, 0),
      span,
      800,
      [],
      100,
      10,
    );
    expect(top).toBe(10);
    expect(line).toBe('M0.0 10.0L20.0 10.0V5.0L40.0 5.0V0.0L60.0 0.0V10.0H80.0');
  });

  test('ends where the power went and starts again after the boot', () => {
    const risk = column(2, 0, 4, 700, 2);
    const { line } = riskPath(risk, span, 1000, [{ from: 300, to: 600 }], 100, 8);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line).toMatch(/^M0\.0 0\.0H30\.0M70\.0/);
  });

  test('starts with the value from before the window', () => {
    const late = { from: 500, to: 1500, step: 100 };
    expect(riskPath(column(2, 100, 3), late, 900, [], 100, 9).line).toBe('M0.0 0.0H40.0');
  });

  test('has never more points than pixels, however many samples there are', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => [i / 20, i % 7]).flat();
    const { line } = riskPath(column(2, ...values), span, 1000, [], 200, 40);
    expect(line.match(/L/g)?.length).toBeLessThanOrEqual(270);
  });
});

test.each([
  [0, 1],
  [1, 1],
  [37, 40],
  [51, 60],
  [100, 100],
  [101, 150],
])('%i fits under %i', (value, top) => {
  expect(niceCeiling(value)).toBe(top);
});

test('commands closer than asked share a stroke, and the last ones are not dropped', () => {
  const times = column(1, ...Array.from({ length: 1000 }, (_, i) => i));
  const strokes = tickPath(times, span, 100, 0, 5, 2).match(/M[\d.]+/g) ?? [];
  expect(strokes.length).toBeGreaterThan(40);
  expect(strokes.length).toBeLessThanOrEqual(51);
  expect(Number(strokes.at(-1)?.slice(1))).toBeGreaterThan(97);
});

test('an fsync is as wide as it lasted, a short one wide enough to see, touching ones are one', () => {
  expect(boxPath(column(2, 100, 300), span, 100, 0, 8, 7)).toBe('M10.0 0H30.0v8H10.0z');
  expect(boxPath(column(2, 100, 104), span, 100, 0, 8, 7)).toBe('M10.0 0H17.0v8H10.0z');
  expect(boxPath(column(2, 100, 200, 200, 300), span, 100, 0, 8, 1)).toBe('M10.0 0H30.0v8H10.0z');
});

test('a killed process is no outage; a power cut is one until the boot', () => {
  const marks = [
    { kind: 'crash', at: 10, crash: 'process-killed', lost: 0 },
    { kind: 'boot', at: 20 },
    { kind: 'crash', at: 30, crash: 'power-lost', lost: 2 },
    { kind: 'boot', at: 50 },
    { kind: 'crash', at: 80, crash: 'power-lost', lost: 1 },
  ] as const;
  expect(outages(marks, 0, 100, 'off')).toEqual([
    { from: 30, to: 50 },
    { from: 80, to: 100 },
  ]);
});

test('a column that grows past its limit keeps the newest rows', () => {
  const times = new Column(1);
  for (let i = 0; i < 12; i++)
    times.append(Float64Array.from({ length: 100_000 }, (_, j) => i * 100_000 + j));
  expect(times.at(times.rows - 1)).toBe(1_199_999);
  expect(times.at(times.firstFrom(1_150_000))).toBe(1_150_000);
});
