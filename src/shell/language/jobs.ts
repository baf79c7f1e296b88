/** Jobs of an interactive shell, and waiting for what runs in the foreground. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Pid } from '../../machine/syscall.ts';
import { complain, foreground, waitFor, write, type Exit, type Run } from '../program.ts';
import type { Job, ShellState } from './shell-state.ts';

export function* addJob(
  state: ShellState,
  pids: readonly Pid[],
  text: ByteString,
  kind: 'running' | 'stopped',
): Run<Job> {
  const number = Math.max(0, ...state.jobs.map((job) => job.number)) + 1;
  const job: Job = {
    number,
    group: pids[0] ?? 0,
    pids: [...pids],
    text,
    state: kind,
    status: 0,
    signal: null,
  };
  state.jobs.push(job);
  if (state.interactive && kind === 'running')
    yield* complain(`[${number}] ${pids[pids.length - 1] ?? 0}`);
  return job;
}

/** Waits for processes; the status of the last, or with pipefail of the last that failed. */
export function* runForeground(state: ShellState, pids: readonly Pid[], text: ByteString): Run {
  if (state.interactive) yield* foreground(pids[0] ?? null);
  const result = yield* waitForAll(state, pids, text);
  if (state.interactive) yield* foreground(null);
  return result;
}

function* waitForAll(state: ShellState, pids: readonly Pid[], text: ByteString): Run {
  let status = 0;
  let failed = 0;
  for (const [i, pid] of pids.entries()) {
    const exit = yield* waitFor(pid);
    if (exit === null) {
      status = 130;
      continue;
    }
    if (exit.signal === 'TSTP' || exit.signal === 'STOP') {
      const job = yield* addJob(state, pids.slice(i), text, 'stopped');
      yield* complain(`\n[${job.number}]+  Stopped                 ${text}`);
      return exit.status;
    }
    status = exit.status;
    if (status !== 0) failed = status;
    yield* sayHowItEnded(state, exit);
  }
  return state.options.has('pipefail') ? failed : status;
}

function* sayHowItEnded(state: ShellState, { signal }: Exit): Run<undefined> {
  if (signal === null || !state.interactive) return undefined;
  if (signal === 'INT') {
    state.flow = { flow: 'break', levels: Infinity };
    state.status = 130;
    return undefined;
  }
  if (signal !== 'PIPE') yield* complain(ENDS[signal] ?? signal);
  return undefined;
}

const ENDS: Readonly<Record<string, string>> = {
  KILL: 'Killed',
  TERM: 'Terminated',
  HUP: 'Hangup',
  QUIT: 'Quit',
  ABRT: 'Aborted',
  SEGV: 'Segmentation fault',
  ALRM: 'Alarm clock',
  USR1: 'User defined signal 1',
  USR2: 'User defined signal 2',
};

/** Takes note of jobs that have ended; an interactive shell says so before its prompt. */
export function* reapJobs(state: ShellState, how: 'say' | 'quiet'): Run<undefined> {
  for (const job of state.jobs) {
    if (job.state === 'done') continue;
    for (const pid of [...job.pids]) {
      const exit = yield* waitFor(pid, 'look');
      if (exit === null) continue;
      if (exit.signal === 'TSTP' || exit.signal === 'STOP') job.state = 'stopped';
      else noteExit(job, exit);
    }
  }
  if (how === 'quiet') return undefined;
  for (const job of state.jobs.filter(({ state: at }) => at === 'done'))
    yield* complain(jobLine(state, job));
  state.jobs.splice(0, state.jobs.length, ...state.jobs.filter(({ state: at }) => at !== 'done'));
  return undefined;
}

export function noteExit(job: Job, exit: Exit): void {
  job.pids.splice(job.pids.indexOf(exit.pid), 1);
  job.status = exit.status;
  job.signal = exit.signal;
  if (job.pids.length === 0) job.state = 'done';
}

export function jobLine(state: ShellState, job: Job): string {
  const last = state.jobs[state.jobs.length - 1];
  const mark = job === last ? '+' : job === state.jobs[state.jobs.length - 2] ? '-' : ' ';
  const how =
    job.state === 'running'
      ? 'Running'
      : job.state === 'stopped'
        ? 'Stopped'
        : job.signal !== null
          ? (ENDS[job.signal] ?? job.signal)
          : job.status === 0
            ? 'Done'
            : `Exit ${job.status}`;
  return `[${job.number}]${mark}  ${how.padEnd(24)}${job.text}${job.state === 'running' ? ' &' : ''}`;
}

/** `%1`, `%+`, `%`, `%name`, or the number of a process. */
export function findJob(state: ShellState, word: string | undefined): Job | undefined {
  const live = state.jobs.filter((job) => job.state !== 'done');
  if (word === undefined || word === '%' || word === '%+' || word === '%%')
    return live[live.length - 1];
  if (word === '%-') return live[live.length - 2];
  if (/^%\d+$/.test(word)) return state.jobs.find((job) => job.number === Number(word.slice(1)));
  if (word.startsWith('%')) return live.find((job) => job.text.startsWith(word.slice(1)));
  return state.jobs.find((job) => job.pids.includes(Number(word)) || job.group === Number(word));
}

export function* printJobs(state: ShellState): Run {
  yield* reapJobs(state, 'quiet');
  for (const job of state.jobs) yield* write(1, ascii(`${jobLine(state, job)}\n`));
  state.jobs.splice(0, state.jobs.length, ...state.jobs.filter(({ state: at }) => at !== 'done'));
  return 0;
}
