/** The forked children of a lane's servers: processes of the machine that may outlive their parent. */
import type { Micros } from '../base/time.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import type { Pid, SyscallResult } from '../machine/syscall.ts';
import {
  completeChildCall,
  newChild,
  runChildProcess,
  tempRdbName,
} from '../server/child-process.ts';
import type { Server } from '../server/server.ts';
import { DATA_PATH } from './boot.ts';
import { enterSnapshot, snapshotIsDurable } from './durability.ts';
import type { ChildProcess, LaneEvent, LaneEventPayload, LaneState } from './lane-state.ts';

/** What running a child takes of its lane. */
export interface ChildHost {
  readonly state: LaneState;
  readonly kernel: SimulatedKernel;
  readonly server: Server | null;
  readonly now: Micros;
  readonly wallNow: Micros;
  schedule(at: Micros, payload: LaneEventPayload): number;
  cancelWhere(matches: (event: LaneEvent) => boolean): void;
}

const MICROS_PER_SECOND = 1_000_000;

/** Takes over what the server has forked since, and passes on the signals that it sends. */
export function startChildren(host: ChildHost): void {
  const { state, server } = host;
  if (server === null) return;
  for (const pid of server.state.forked.splice(0)) {
    const { child } = server.state;
    if (child === null || child.pid !== pid) continue;
    const recordsEnd = state.forkOffset;
    state.children.push({ pid, parent: state.pid, state: newChild(pid, child.task), recordsEnd });
    host.schedule(host.now, { lane: state.id, type: 'child-wake', pid });
  }
  for (const { pid, signal } of server.state.signalsToSend.splice(0)) killChild(host, pid, signal);
}

export function runChild(host: ChildHost, pid: Pid): void {
  const { state, kernel, now } = host;
  const child = state.children.find((one) => one.pid === pid);
  if (child === undefined) return;
  const wait = runChildProcess(child.state, host.wallNow);
  const reported = child.state.reports.splice(0).pop();
  if (reported !== undefined) host.server?.childReported(pid, reported);
  if (wait.wait === 'exit') return childExited(host, pid, wait.code, null);
  if (wait.wait === 'sleep') {
    host.schedule(now + wait.micros, { lane: state.id, type: 'child-wake', pid });
    return;
  }
  if (wait.wait !== 'syscall') return;
  const { result, endsAt } = kernel.call({ pid, thread: 'main' }, wait.call, now);
  const writing = (wait.work.bytes * MICROS_PER_SECOND) / kernel.childBytesPerSecond(now);
  host.schedule(endsAt + Math.ceil(writing), { lane: state.id, type: 'child-done', pid, result });
}

export function childCallEnded(host: ChildHost, pid: Pid, result: SyscallResult): void {
  const child = host.state.children.find((one) => one.pid === pid);
  if (child === undefined) return;
  const opened = child.state.fd === -1;
  completeChildCall(child.state, result, host.wallNow);
  if (opened && child.state.fd !== -1) enterTemporaryFile(host, child);
  host.state.logLines.push(...child.state.lines.splice(0));
  runChild(host, pid);
}

/** The file is going to be the snapshot in place, even if the parent is dead by then. */
function enterTemporaryFile({ state, kernel }: ChildHost, child: ChildProcess): void {
  const { pid, recordsEnd, state: process } = child;
  if (process.task.kind === 'rdb')
    enterSnapshot(state.durability, kernel, `${DATA_PATH}/${tempRdbName(pid)}`, recordsEnd, false);
}

export function killChild(host: ChildHost, pid: Pid, signal: string): void {
  host.kernel.killProcess(pid, signal);
  host.cancelWhere(({ payload }) => 'pid' in payload && payload.pid === pid);
  childExited(host, pid, 0, signal);
}

/** Ends what rewrites or saves for these lanes; or says that nothing does. */
export function signalChildren(hosts: readonly ChildHost[], name: string): string | undefined {
  if (name !== 'KILL' && name !== 'TERM') return `signal ${name} ends no child; use KILL or TERM`;
  const busy = hosts.filter(({ state }) => state.children.length > 0);
  if (busy.length === 0) return 'no child of the server is at work: start BGREWRITEAOF or BGSAVE';
  for (const host of busy)
    for (const { pid } of [...host.state.children]) killChild(host, pid, `SIG${name}`);
  return undefined;
}

function childExited(host: ChildHost, pid: Pid, code: number, signal: string | null): void {
  const { children } = host.state;
  const index = children.findIndex((one) => one.pid === pid);
  if (index < 0) return;
  children.splice(index, 1);
  host.state.stopped.delete(pid);
  if (signal === null) host.kernel.exit(pid, code);
  if (signal === null && code === 0) snapshotIsDurable(host.state.durability, host.kernel);
  host.kernel.reap(pid);
  host.server?.childExited(pid, code, signal);
}
