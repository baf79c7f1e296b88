/** trap, kill, wait, fg and bg. */
import { ascii } from '../../base/bytes.ts';
import {
  complain,
  foreground,
  kill,
  print,
  reasonOf,
  handle,
  waitFor,
  write,
  type Run,
  type SignalName,
} from '../program.ts';
import { findJob, noteExit, reapJobs, runForeground } from './jobs.ts';
import { type Builtin } from './registry.ts';
import { messageHead, type ShellState } from './shell-state.ts';
import { otherName, signalOf, signalTable } from './signal-names.ts';

export function* fail(state: ShellState, text: string, status = 1): Run {
  yield* complain(`${messageHead(state)}${text}`);
  return status;
}

export const trap: Builtin = function* (state, words) {
  const [, action, ...signals] = words;
  if (action === undefined) {
    for (const [signal, text] of state.traps)
      yield* write(1, ascii(`trap -- '${text}' ${signal === 'EXIT' ? signal : `SIG${signal}`}\n`));
    return 0;
  }
  for (const word of signals.length === 0 ? [action] : signals) {
    const name = word === '0' || word === 'EXIT' ? 'EXIT' : signalOf(word);
    if (name === undefined)
      return yield* fail(state, `trap: ${word}: invalid signal specification`);
    const resets = signals.length === 0 || action === '-';
    if (resets) state.traps.delete(name);
    else state.traps.set(name, action);
    if (name !== 'EXIT')
      yield* handle(
        name,
        resets ? (state.interactive ? 'queue' : 'default') : action === '' ? 'ignore' : 'queue',
      );
  }
  return 0;
};

export const killJobs: Builtin = function* (state, words) {
  let signal: SignalName | null = 'TERM';
  let at = 1;
  const first = words[1] ?? '';
  if (first === '-l' || first === '-L') return yield* listSignals(state, words.slice(2));
  if ((first === '-s' || first === '-n') && words[2] !== undefined) {
    signal = signalOf(words[2] ?? '') ?? null;
    if (signal === null)
      return yield* fail(state, `kill: ${words[2] ?? ''}: invalid signal specification`);
    at = 3;
  } else if (/^-[A-Za-z0-9]+$/.test(first)) {
    const name = first.slice(1);
    signal = name === '0' ? null : (signalOf(name) ?? null);
    if (signal === null && name !== '0')
      return yield* fail(state, `kill: ${name}: invalid signal specification`);
    at = 2;
  }
  if (words[at] === '--') at++;
  if (words[at] === undefined) {
    yield* complain(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
    );
    return 2;
  }
  let status = 0;
  for (const word of words.slice(at)) {
    const job = word.startsWith('%') ? findJob(state, word) : undefined;
    if (word.startsWith('%') && job === undefined)
      status = yield* fail(state, `kill: ${word}: no such job`);
    else if (job === undefined && !/^-?\d+$/.test(word))
      status = yield* fail(state, `kill: ${word}: arguments must be process or job IDs`);
    else {
      const pid =
        job === undefined ? Number(word) : state.interactive ? -job.group : (job.pids[0] ?? 0);
      const errno = yield* kill(pid, signal);
      if (job?.state === 'stopped' && (signal === 'TERM' || signal === 'HUP'))
        yield* kill(pid, 'CONT');
      if (signal === 'CONT' && errno === undefined) noteContinued(state, pid);
      if (errno !== undefined) status = yield* fail(state, `kill: (${word}) - ${reasonOf(errno)}`);
    }
  }
  return status;
};

function* listSignals(state: ShellState, words: readonly string[]): Run {
  if (words.length === 0) {
    yield* print(signalTable());
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const name = otherName(word);
    if (name === undefined)
      status = yield* fail(state, `kill: ${word}: invalid signal specification`);
    else yield* print(`${name}\n`);
  }
  return status;
}

/** The shell is told of a stop, not of its end. */
function noteContinued(state: ShellState, pid: number): void {
  for (const job of state.jobs)
    if (job.state === 'stopped' && (job.pids.includes(pid) || -job.group === pid))
      job.state = 'running';
}

export const waitJobs: Builtin = function* (state, words) {
  let status = 0;
  const targets = words.slice(1).filter((word) => word !== '-n');
  if (targets.length === 0) {
    for (const job of [...state.jobs]) {
      while (job.state === 'running') {
        const exit = yield* waitFor(job.pids[0] ?? 0);
        if (exit === null) break;
        noteExit(job, exit);
      }
    }
    if (!state.interactive) state.jobs.length = 0;
    return 0;
  }
  for (const word of targets) {
    const job = findJob(state, word);
    if (job === undefined) {
      const text = word.startsWith('%')
        ? `wait: ${word}: no such job`
        : `wait: pid ${word} is not a child of this shell`;
      status = yield* fail(state, text, 127);
      continue;
    }
    while (job.state === 'running') {
      const exit = yield* waitFor(job.pids[0] ?? 0);
      if (exit === null) return 130;
      noteExit(job, exit);
    }
    ({ status } = job);
  }
  return status;
};

export const fg: Builtin = function* (state, words) {
  yield* reapJobs(state, 'quiet');
  const job = findJob(state, words[1]);
  if (job === undefined) return yield* fail(state, `fg: ${words[1] ?? 'current'}: no such job`);
  yield* write(1, ascii(`${job.text}\n`));
  state.jobs.splice(state.jobs.indexOf(job), 1);
  yield* foreground(job.group);
  yield* kill(-job.group, 'CONT');
  return yield* runForeground(state, job.pids, job.text);
};

export const bg: Builtin = function* (state, words) {
  yield* reapJobs(state, 'quiet');
  const job =
    words[1] === undefined
      ? [...state.jobs].reverse().find((one) => one.state === 'stopped')
      : findJob(state, words[1]);
  if (job === undefined) return yield* fail(state, `bg: ${words[1] ?? 'current'}: no such job`);
  job.state = 'running';
  yield* print(`[${job.number}]+ ${job.text} &\n`);
  yield* kill(-job.group, 'CONT');
  return 0;
};
