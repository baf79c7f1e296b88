import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FramePacing } from '../../../src/ui/model/frame-pacing.ts';
import type { Frame, LabEvent } from '../../../src/worker/protocol.ts';
import { batchOf } from '../log/records.ts';
import { frameOf, laneView } from '../scenario.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => setTimeout(act, 10));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A frame at that instant, with so many new records. */
function frameAt(now: number, records: number, parts: Partial<Frame> = {}): Frame {
  const plain = frameOf({ view: laneView({}), clock: { paused: false, now } });
  const words = Array.from({ length: records }, () => ({ words: ['SET', 'k', 'v'] }));
  return { ...plain, lanes: [{ ...plain.lanes[0]!, records: batchOf(words) }], ...parts };
}

function pacing(): { readonly shown: number[]; readonly offer: (frame: Frame) => void } {
  const shown: number[] = [];
  const own = new FramePacing(({ clock }) => shown.push(clock.now));
  return { shown, offer: (frame) => own.offer(frame) };
}

test('of a flood every third frame is shown, and the last one when no other comes', () => {
  const { shown, offer } = pacing();
  for (let i = 0; i < 9; i++) {
    offer(frameAt(i, 200));
    vi.advanceTimersByTime(16);
  }
  expect(shown).toEqual([0, 3, 6]);
  vi.advanceTimersByTime(200);
  expect(shown).toEqual([0, 3, 6, 8]);
});

test('a frame of a flood waits for the painting, and something to be seen does not wait with it', () => {
  const { shown, offer } = pacing();
  for (let i = 0; i < 4; i++) offer(frameAt(i, 200));
  expect(shown).toEqual([0]);
  vi.advanceTimersByTime(10);
  expect(shown).toEqual([0, 3]);
  for (let i = 4; i < 7; i++) offer(frameAt(i, 200));
  offer(frameAt(7, 3));
  expect(shown).toEqual([0, 3, 7]);
  vi.advanceTimersByTime(200);
  expect(shown).toEqual([0, 3, 7]);
});

test('frames with few records are all shown', () => {
  const { shown, offer } = pacing();
  for (let i = 0; i < 5; i++) offer(frameAt(i, 3));
  expect(shown).toEqual([0, 1, 2, 3, 4]);
});

test('in a flood an accident, a reply, a pause and another run are shown at once', () => {
  const crash: LabEvent = { event: 'crash', lane: 'main', at: 1, kind: 'power-lost' };
  const reply: LabEvent = { event: 'reply', lane: 'main', at: 1, command: 'GET k', text: '"v"' };
  const fsync: LabEvent = {
    event: 'fsync',
    lane: 'main',
    at: 1,
    startedAt: 0,
    offset: 9,
    ok: true,
  };
  const clock = { paused: true, speed: 1, now: 1 };
  const past = { look: 1, now: 5 };
  for (const parts of [
    { events: [crash] },
    { events: [fsync, reply] },
    { clock },
    { run: 2 },
    { past },
  ]) {
    const { shown, offer } = pacing();
    offer(frameAt(0, 200));
    offer(frameAt(1, 200, parts));
    expect(shown, JSON.stringify(parts)).toEqual([0, 1]);
  }
  const { shown, offer } = pacing();
  offer(frameAt(0, 200));
  offer(frameAt(1, 200, { events: [fsync] }));
  expect(shown).toEqual([0]);
});
