/**
 * The rewrite child: a process that writes the data set as of the fork to a temporary file, fsyncs it, renames it and
 * exits. It takes system calls one by one like any process, so it can be slow, fail, or be killed half-way.
 */
import { newGrowableBytes, takenBytes } from '../base/growable-bytes.ts';
import type { Micros } from '../base/time.ts';
import { newPlan, nextCall, takeResult, type Plan } from '../machine/plan.ts';
import type { Fd, Pid, SyscallResult } from '../machine/syscall.ts';
import type { Snapshot } from '../engine/data/snapshot.ts';
import { newRespBaseJob, stepRespBase, type RespBaseJob } from '../persistence/resp-base.ts';
import type { Settings } from './settings.ts';
import type { Wait } from './wait.ts';

const KEYS_PER_STEP = 512;
const WRITE_SIZE = 64 * 1024;

export function baseFormat(_settings: Settings): 'rdb' | 'aof' {
  return 'aof';
}

export function tempBaseName(pid: Pid, when: 'writing' | 'finished'): string {
  return when === 'writing' ? `temp-rewriteaof-${pid}.aof` : `temp-rewriteaof-bg-${pid}.aof`;
}

export interface RewriteChildState {
  readonly pid: Pid;
  readonly job: RespBaseJob;
  plan: Plan<'opened' | 'written' | 'finished'> | null;
  fd: Fd;
  written: 'more' | 'done';
  exit: number | null;
}

export function newRewriteChild(pid: Pid, snapshot: Snapshot): RewriteChildState {
  const open = {
    call: 'open',
    path: tempBaseName(pid, 'writing'),
    mode: 'truncate',
    as: 'base',
  } as const;
  return {
    pid,
    job: newRespBaseJob(snapshot),
    plan: newPlan([open], 'opened'),
    fd: -1,
    written: 'more',
    exit: null,
  };
}

/** What the child waits for now; see server.ts for the protocol. */
export function runRewriteChild(state: RewriteChildState, _now: Micros): Wait {
  if (state.exit !== null) return { wait: 'exit', code: state.exit, signal: null };
  if (state.plan === null) encodeNext(state);
  const call = nextCall(state.plan!)!;
  return {
    wait: 'syscall',
    call,
    work: { commands: 0, bytes: call.call === 'write' ? call.bytes.length : 0 },
  };
}

function encodeNext(state: RewriteChildState): void {
  const sink = newGrowableBytes(WRITE_SIZE);
  while (state.written === 'more' && sink.length < WRITE_SIZE)
    state.written = stepRespBase(state.job, sink, KEYS_PER_STEP);
  if (sink.length > 0) {
    state.plan = newPlan([{ call: 'write', fd: state.fd, bytes: takenBytes(sink) }], 'written');
    return;
  }
  state.plan = newPlan(
    [
      { call: 'fsync', fd: state.fd },
      { call: 'close', fd: state.fd },
      {
        call: 'rename',
        from: tempBaseName(state.pid, 'writing'),
        to: tempBaseName(state.pid, 'finished'),
      },
    ],
    'finished',
  );
}

export function completeRewriteChild(state: RewriteChildState, result: SyscallResult): void {
  const plan = state.plan!;
  const outcome = takeResult(plan, result);
  if (outcome === undefined) return;
  state.plan = null;
  const wrote = plan.calls[0]!;
  const short = wrote.call === 'write' && result.ok && result.value !== wrote.bytes.length;
  if (!outcome.ok || short) state.exit = 1;
  else if (plan.then === 'opened') state.fd = outcome.descriptors.get('base')!;
  else if (plan.then === 'finished') state.exit = 0;
}
