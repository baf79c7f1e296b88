/** The control side of the machine as one process has it. */
import { newServerState } from '../server/state.ts';
import { GuestServer } from './guest-server.ts';
import { publishPort } from './published-port.ts';
import type { MachineDoor } from './machine-door.ts';
import type { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';

export function doorOf(table: ProcessTable, process: Process): MachineDoor {
  const { kernel, servers } = table.ports;
  return {
    pid: process.pid,
    readFile: (path) => kernel.readFile(path),
    writeFile: (path, bytes) => void kernel.writeFile(path, bytes),
    makeDirectory: (path) => void kernel.makeDirectory(path),
    publish: (port, from, target) => publishPort(table, process, port, from, target),
    rename: (argv) => void (process.argv = argv),
    network: process.network,
    becomeServer: (launch, report) => {
      const { ports } = table;
      const { settings, directives, configFile, pid } = launch;
      const state = newServerState({
        pid,
        now: ports.wallNow,
        seed: servers.seed * 1000 + process.pid,
        settings,
        directives,
        configFile,
        repaired: new Set(),
        commandMicros: servers.commandMicros,
      });
      return new GuestServer(table, process, state, report);
    },
    startThread: (run) => void table.addTask(process, run),
    servers,
    instant: table.ports.now,
    diskCapacity: () => kernel.diskSpace(table.ports.now).capacity,
    tracedCalls: () => kernel.state.trace.total,
    traceSince: (seen, pids) =>
      kernel.trace().filter(({ number, pid }) => number > seen && pids.has(pid)),
  };
}
