import { expect, test } from 'vitest';
import { lastCut } from '../../../src/ui/time/outages.ts';
import { axisTicks, cutSpan } from '../../../src/ui/time/span.ts';
import { createTimeline } from '../../../src/ui/model/timeline.ts';

test('around an accident the axis shows two seconds to either side, and nothing before the run', () => {
  expect(cutSpan(12_720)).toMatchObject({ from: 10_720, to: 14_720 });
  expect(cutSpan(700)).toMatchObject({ from: 0, to: 2700 });
  expect(axisTicks(cutSpan(2500))).toEqual([500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500]);
});

test('of several accidents the last one counts, and a boot is none', () => {
  const timeline = createTimeline();
  expect(lastCut(timeline, null)).toBeNull();
  timeline.marks.push({ kind: 'crash', at: 10, crash: 'process-killed', lost: 0 });
  timeline.marks.push({ kind: 'boot', at: 20 });
  timeline.marks.push({ kind: 'crash', at: 30, crash: 'power-lost', lost: 4 });
  timeline.marks.push({ kind: 'boot', at: 40 });
  expect(lastCut(timeline, null)).toBe(30);
});
