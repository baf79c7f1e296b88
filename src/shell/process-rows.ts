/** What ps sees: the processes of the shell, the lab's own server, and the children of servers. */
import { ascii } from '../base/bytes.ts';
import type { ProcessEntry } from '../machine/process-entry.ts';
import type { ProcessTable } from './process-table.ts';
import { stateOf, type Process } from './process.ts';
import type { ProcessRow } from './program.ts';

const USUAL_PORT = 6379;

export function processRows(table: ProcessTable): readonly ProcessRow[] {
  const { kernel, servers } = table.ports;
  // Whoever started the lab's own server only hands it its terminal: the two are one.
  const launcher = table.processes.get(servers.mainLauncher() ?? -1);
  const others = [...kernel.state.processes.values()]
    .filter(({ pid }) => !table.processes.has(pid))
    .map((entry) => ofKernel(table, entry, entry.pid === servers.mainPid() ? launcher : undefined));
  const own = [...table.processes.values()]
    .filter((process) => process !== launcher || process.exit !== null)
    .map((process) => ofShell(table, process));
  return [...others, ...own];
}

function ofKernel(
  table: ProcessTable,
  entry: ProcessEntry,
  launcher: Process | undefined,
): ProcessRow {
  return {
    pid: entry.pid,
    parent: launcher?.parent ?? entry.parent,
    group: launcher?.group ?? entry.pid,
    user: entry.user,
    program: 'redis-server',
    argv: [ascii(titleOf(table, entry))],
    startedAt: entry.startedAt,
    state: entry.state !== 'running' ? 'Z' : table.ports.servers.isStopped(entry.pid) ? 'T' : 'S',
    terminal: launcher?.terminal !== undefined && launcher.terminal !== null,
    memoryBytes: entry.memoryBytes,
    network: null,
  };
}

/** server.c:redisSetProcTitle: a child bears its parent's port, also when the parent is gone. */
function titleOf({ ports, processes }: ProcessTable, entry: ProcessEntry): string {
  const beside = processes.get(entry.parent)?.argv[0]?.split(' ')[1];
  const port = ports.servers.mainPort();
  return `${entry.program} ${beside ?? `*:${port === 0 ? USUAL_PORT : port}`}`;
}

function ofShell(table: ProcessTable, process: Process): ProcessRow {
  return {
    pid: process.pid,
    parent: process.parent,
    group: process.group,
    user: 'root',
    program: /[^/ ]*(?= |$)/.exec(process.argv[0] ?? '')?.[0] ?? '',
    argv: process.argv,
    startedAt: table.ports.kernel.process(process.pid)?.startedAt ?? 0,
    state: stateOf(process),
    terminal: process.terminal !== null,
    memoryBytes: 0,
    network: process.network === 'host' ? null : process.network,
  };
}
