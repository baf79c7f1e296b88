/** Milliseconds of CPU time of each task of a page's main thread, from a trace of Chromium. */
export function taskWork(trace: string): number[] {
  const { tasks } = mainThread(trace);
  return tasks.map(({ dur = 0, tdur = dur }) => tdur / 1000);
}

/** Milliseconds of CPU time that the main thread of a page spent in each of its frames, from a trace of Chromium. */
export function frameWork(trace: string): number[] {
  const { starts, tasks } = mainThread(trace);
  const frames: number[] = [];
  let work: number | null = null;
  let next = 0;
  for (const { ts, dur = 0, tdur = dur } of tasks) {
    const busyUntil = ts + dur;
    // The task that fires the animation frame begins the frame; what came before the first is not whole.
    if (starts[next] !== undefined && starts[next]! < busyUntil) {
      if (work !== null) frames.push(work / 1000);
      work = 0;
      while (starts[next] !== undefined && starts[next]! < busyUntil) next++;
    }
    if (work !== null) work += tdur;
  }
  return frames;
}

/** When its frames began, and its tasks in order, without those inside another one, which are part of it. */
function mainThread(trace: string): {
  readonly starts: readonly number[];
  readonly tasks: readonly TraceEvent[];
} {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] };
  const frameStarts = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  const thread = frameStarts[0];
  if (thread === undefined) return { starts: [], tasks: [] };
  const onThread = ({ pid, tid }: TraceEvent): boolean => pid === thread.pid && tid === thread.tid;
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && event.ph === 'X' && onThread(event),
  );
  tasks.sort((a, b) => a.ts - b.ts);
  let busyUntil = 0;
  const outermost = tasks.filter(({ ts, dur = 0 }) => {
    if (ts < busyUntil) return false;
    busyUntil = ts + dur;
    return true;
  });
  return { starts: frameStarts.filter(onThread).map(({ ts }) => ts), tasks: outermost };
}

/** Times in microseconds; `tdur` is CPU time. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}
