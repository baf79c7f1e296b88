/** SIGSTOP and SIGCONT: what a stopped server or child of it would do next waits; what others do goes on. */
import type { Pid } from '../machine/syscall.ts';
import type { ChildHost } from './lane-children.ts';
import type { LaneEventPayload, LaneState } from './lane-state.ts';

/** Whether the event is for a process that is stopped; then it is kept. */
export function keptForStopped(state: LaneState, payload: LaneEventPayload): boolean {
  if (!('pid' in payload)) return false;
  const kept = state.stopped.get(payload.pid);
  if (kept === undefined) return false;
  if (payload.type === 'wake') state.wake = null;
  // It wakes once.
  if (payload.type !== 'wake' || !kept.some(({ type }) => type === 'wake')) kept.push(payload);
  return true;
}

export function stopProcess({ state }: ChildHost, pid: Pid): void {
  if (!state.stopped.has(pid)) state.stopped.set(pid, []);
}

export function continueProcess(host: ChildHost, pid: Pid): void {
  const { state } = host;
  const kept = state.stopped.get(pid) ?? [];
  state.stopped.delete(pid);
  for (const payload of kept) {
    const event = host.schedule(host.now, payload);
    if (payload.type === 'wake') state.wake = event;
  }
}
