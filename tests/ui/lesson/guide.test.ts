import { expect, test } from 'vitest';
import { currentStep, freshGuide, guideAfter } from '../../../src/ui/lesson/guide.ts';
import type { Guide } from '../../../src/ui/lesson/guide.ts';
import type { LabEvent, LaneView } from '../../../src/worker/protocol.ts';
import { crashOf, frameOf, laneView } from '../scenario.ts';

const own = { command: 'SET user:1 Alice', end: 59 };
const cut: LabEvent = { event: 'crash', lane: 'main', at: 90, kind: 'power-lost' };
const step = (
  guide: Guide,
  view: LaneView,
  events: LabEvent[] = [],
  write: typeof own | null = null,
): Guide => guideAfter(guide, frameOf({ view, events, clock: { now: 70 } }), view, write);

test('each step is done by what happened, in its order', () => {
  let guide = freshGuide;
  expect(currentStep(guide)).toBe('write');
  guide = step(guide, laneView({ durable: 0 }), [], own);
  expect(currentStep(guide)).toBe('sync');
  guide = step(guide, laneView({ durable: 58 }));
  expect(currentStep(guide)).toBe('sync');
  const fsync: LabEvent = {
    event: 'fsync',
    lane: 'main',
    at: 64,
    startedAt: 60,
    offset: 59,
    ok: true,
  };
  guide = step(guide, laneView({ durable: 59 }), [fsync]);
  expect(guide.sync).toEqual({ at: 64 });
  expect(currentStep(guide)).toBe('crash');
  const crash = crashOf({ acknowledged: 5, survived: 4, lost: 1 });
  guide = step(guide, laneView({ durable: 59, state: 'stopped', power: 'off', crash }), [cut]);
  expect(currentStep(guide)).toBe('crash');
  guide = step(guide, laneView({ durable: 59, crash }));
  expect(currentStep(guide)).toBeNull();
  expect(guide.crash).toEqual({ kept: 4, lost: 1 });
});

test('a lying drive does not count as the disk', () => {
  const guide = step({ ...freshGuide, write: own }, laneView({ fsynced: 59, durable: 20 }));
  expect(guide.sync).toBeNull();
});

test('a killed process is not a power cut', () => {
  const killed: LabEvent = { ...cut, kind: 'process-killed' };
  const ready = { ...freshGuide, write: own, sync: { at: 1 } };
  expect(step(ready, laneView({ state: 'stopped', crash: crashOf({}) }), [killed]).cut).toBe(false);
});
