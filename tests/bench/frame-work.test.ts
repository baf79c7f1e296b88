import { expect, test } from 'vitest';
import { frameWork } from './frame-work.ts';

const page = { pid: 1, tid: 2 };
const task = (ts: number, dur: number, tdur: number) => ({
  ...page,
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  ts,
  dur,
  tdur,
});
const frame = (ts: number) => ({ ...page, name: 'FireAnimationFrame', ph: 'X', ts, dur: 1 });

test('a frame is the task that fires it and the tasks up to the next one', () => {
  const traceEvents = [
    task(0, 900, 900),
    frame(1100),
    task(1000, 500, 400),
    task(1010, 100, 100),
    task(2000, 300, 200),
    frame(3000),
    task(2900, 2000, 1500),
    frame(9000),
    task(9000, 10, 10),
  ];
  expect(frameWork(JSON.stringify({ traceEvents }))).toEqual([0.6, 1.5]);
});

test('other threads do not count, and a trace without frames has none', () => {
  const traceEvents = [
    frame(10),
    task(10, 100, 100),
    { ...task(20, 50_000, 50_000), tid: 3 },
    frame(500),
    task(500, 1, 1),
  ];
  expect(frameWork(JSON.stringify({ traceEvents }))).toEqual([0.1]);
  expect(frameWork('{"traceEvents": []}')).toEqual([]);
});
