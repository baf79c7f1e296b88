import { expect, test } from 'vitest';
import { suggest } from '../../../src/ui/model/suggest.ts';
import type { ClockView, LaneView, StorageView } from '../../../src/worker/protocol.ts';
import { crashOf, laneView } from '../scenario.ts';

const playing: ClockView = { paused: false, speed: 1, now: 0 };
const kept: StorageView = { state: 'kept', notice: null };
const atRisk: Partial<LaneView> = {
  atRisk: { powerLoss: { writes: 3, ms: 9 }, processKill: { writes: 0, ms: 0 } },
};

test.each([
  ['the first visit begins with a command', laneView({}), 'write', 'chip'],
  ['a running clock brings the bytes to the disk by itself', laneView({}), 'sync', null],
  ['the third step is to cut the power', laneView({}), 'crash', 'power'],
  [
    'a dark machine is to be booted, whatever the lesson says',
    laneView({ state: 'stopped', crash: crashOf({}) }),
    'write',
    'boot',
  ],
  ['a refused file is to be looked at', laneView({ state: 'failed' }), null, 'open-files'],
  ['a replay needs nobody', laneView({ state: 'loading' }), null, null],
  ['without a lesson, risk invites a power cut', laneView(atRisk), null, 'power'],
  ['without a lesson and without risk there is something to write', laneView({}), null, 'chip'],
] as const)('%s', (_, view, step, expected) => {
  expect(suggest({ view, clock: playing, storage: kept, step })).toBe(expected);
});

test('a paused clock is to be started before anything can reach the disk', () => {
  const clock = { ...playing, paused: true };
  expect(suggest({ view: laneView({}), clock, storage: kept, step: 'sync' })).toBe('play');
});

test('a tab that only watches can do one thing', () => {
  const storage: StorageView = { state: 'read-only', notice: null };
  expect(suggest({ view: laneView({}), clock: playing, storage, step: 'write' })).toBe('take-over');
});
