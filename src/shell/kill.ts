/** kill(2): to processes of the shell, to the lab's own server, and to children that servers have forked. */
import type { Pid } from '../machine/syscall.ts';
import type { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';
import type { SignalName, StreamErrno } from './program.ts';

/** A negative pid names a group, 0 the sender's own; a null signal only looks. */
export function sendSignal(
  table: ProcessTable,
  sender: Process,
  pid: Pid,
  signal: SignalName | null,
): StreamErrno | undefined {
  if (pid <= 0) {
    const group = pid === 0 ? sender.group : -pid;
    return signal === null || table.signalGroup(group, signal) ? undefined : 'ESRCH';
  }
  const { servers } = table.ports;
  if (pid === servers.mainPid()) {
    if (signal !== null) signalMain(table, signal);
    return undefined;
  }
  const target = table.processes.get(pid);
  if (target !== undefined) {
    if (signal !== null) table.signal(target, signal);
    return undefined;
  }
  const forked = table.forked.get(pid);
  if (forked !== undefined) {
    if (signal !== null) forked(signal);
    return undefined;
  }
  return servers.signalChild(pid, signal) ? undefined : 'ESRCH';
}

/** A shell that started it hears of a stop by the process that it knows. */
function signalMain(table: ProcessTable, signal: SignalName): void {
  const { servers } = table.ports;
  const launcher = table.processes.get(servers.mainLauncher() ?? -1);
  if (launcher !== undefined && ['STOP', 'TSTP', 'CONT'].includes(signal))
    table.signal(launcher, signal);
  else servers.signalMain(signal);
}
