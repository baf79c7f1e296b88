/** The curve of a long run: bounded, honest about its peaks, and exact at its end, where an accident is looked at. */
import { expect, test } from 'vitest';
import { addRisk, newRiskCurve } from '../../src/lab/risk-curve.ts';

/** Everysec at 400 writes a second: ten samples a second and the fall at its end. */
function samples(seconds: number): readonly (readonly [number, number])[] {
  const all: (readonly [number, number])[] = [];
  for (let second = 0; second < seconds; second++) {
    for (let i = 1; i < 10; i++) all.push([second * 1000 + i * 100, i * 40]);
    all.push([(second + 1) * 1000, 400], [(second + 1) * 1000, 0]);
  }
  return all;
}

test('after an hour it has a bounded number of points, in their order, every tooth as high as it was', () => {
  const curve = newRiskCurve();
  const given = samples(3600);
  let most = 0;
  for (const [at, writes] of given) {
    addRisk(curve, at, writes);
    most = Math.max(most, curve.points.length);
  }
  expect(most).toBeLessThanOrEqual(1280);
  const times = curve.points.filter((_, i) => i % 2 === 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBe(100);
  expect(Math.max(...curve.points.filter((_, i) => i % 2 === 1))).toBe(400);
});

test('its newest points are those that came in: the last seconds before an accident are not thinned', () => {
  for (const seconds of [30, 100, 317, 1800]) {
    const curve = newRiskCurve();
    const given = samples(seconds);
    for (const [at, writes] of given) addRisk(curve, at, writes);
    // Twenty-one seconds of this lane.
    expect(curve.points.slice(-480), `${seconds} s`).toEqual(given.slice(-240).flat());
  }
});
