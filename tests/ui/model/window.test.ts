import fc from 'fast-check';
import { expect, test } from 'vitest';
import { situationOf } from '../../../src/ui/model/situation.ts';
import { stripWindow, xOf } from '../../../src/ui/model/window.ts';
import { laneView } from '../scenario.ts';

const live = (fsynced: number, written: number, appended: number) =>
  situationOf(laneView({ fsynced, durable: fsynced, written, acknowledged: written, appended }));

test('everything above the disk, and the end of the log, is always in sight', () => {
  const sizes = fc.nat(50_000_000);
  fc.assert(
    fc.property(sizes, sizes, sizes, fc.integer({ min: 330, max: 1600 }), (a, b, c, width) => {
      const situation = live(a, a + b, a + b + c);
      const window = stripWindow(situation, 0, width);
      const exposedFrom = (a - window.from) * window.scale;
      const end = (situation.end - window.from) * window.scale;
      expect(exposedFrom).toBeGreaterThanOrEqual(-0.001);
      expect(end).toBeLessThanOrEqual(width);
      expect(window.from).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('the scale stands still while the risk rises and falls below its recent peak', () => {
  const scales = [0, 400, 800, 1200].map(
    (risk) => stripWindow(live(9000, 9000 + risk, 9000 + risk), 1500, 1088).scale,
  );
  expect(new Set(scales).size).toBe(1);
});

test('a small log starts at the left edge and is not blown up', () => {
  const window = stripWindow(live(59, 59, 59), 0, 1088);
  expect(window).toMatchObject({ from: 0, scale: 1 });
  expect(xOf(59, window)).toBe(59);
});

test('a strip without a width is drawn nowhere, and not at NaN', () => {
  const window = stripWindow(live(10, 20, 30), 0, 0);
  expect(xOf(20, window)).toBe(0);
});
