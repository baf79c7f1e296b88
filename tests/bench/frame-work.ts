/** Milliseconds of CPU time that the main thread of a page spent in each of its frames, from a trace of Chromium. */
export function frameWork(trace: string): number[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] };
  const frameStarts = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  const thread = frameStarts[0];
  if (thread === undefined) return [];
  const onThread = ({ pid, tid }: TraceEvent): boolean => pid === thread.pid && tid === thread.tid;
  const starts = frameStarts.filter(onThread).map(({ ts }) => ts);
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && event.ph === 'X' && onThread(event),
  );
  tasks.sort((a, b) => a.ts - b.ts);

  const frames: number[] = [];
  let work: number | null = null;
  let next = 0;
  let busyUntil = 0;
  for (const { ts, dur = 0, tdur = dur } of tasks) {
    // A task inside another one is part of it.
    if (ts < busyUntil) continue;
    busyUntil = ts + dur;
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
