/** What a lab's shells are on one machine while nothing runs there but shells at their prompts, as data. */
import { assert } from '../base/assert.ts';
import { cloneData } from '../base/clone.ts';
import { freezeProcess, thawProcess, type FrozenProcess, type Places } from './frozen-processes.ts';
import type { Machine, OpenTerminal } from './machine.ts';
import type { TableCounts } from './process-table.ts';
import type { ScriptedState } from './scripted-shell.ts';
import { stateOfTerminal, type TerminalState } from './streams.ts';
import type { FeedState } from './terminal-feed.ts';
import type { Pid } from '../machine/syscall.ts';

export interface FrozenMachine {
  readonly lane: string;
  readonly counts: TableCounts;
  /** Of its main server's log. */
  readonly lines: readonly string[];
  readonly sessions: readonly FrozenSession[];
  readonly scripted: ScriptedState | null;
  readonly processes: readonly FrozenProcess[];
}

export interface FrozenSession {
  readonly number: number;
  readonly pid: Pid;
  readonly terminal: TerminalState;
  readonly feed: FeedState;
}

export function isIdle(machine: Machine): boolean {
  const { table, main, network, clients, scripted, sessions } = machine;
  if (!table.isStill || !network.isSilent || main.isWatched || clients.size > 0) return false;
  if (!scripted.isIdle || [...sessions].some(({ session }) => !table.processes.has(session.pid)))
    return false;
  const places = placesOf(machine);
  return [...table.processes.values()].every((each) => freezeProcess(each, places) !== null);
}

/** To be called when it is idle. Nothing of it changes with the machine. */
export function freezeMachine(machine: Machine): FrozenMachine {
  const { lane, table, main, scripted, sessions } = machine;
  const places = placesOf(machine);
  const processes = [...table.processes.values()].flatMap((process) => {
    const frozen = freezeProcess(process, places);
    assert(frozen !== null, 'an idle machine can be copied');
    return [frozen];
  });
  const frozen: FrozenMachine = {
    lane: lane.state.id,
    counts: table.counts,
    lines: main.mainLog(),
    sessions: [...sessions].map(({ number, session, feed }) => ({
      number,
      pid: session.pid,
      terminal: stateOfTerminal(session.terminal),
      feed: feed.state,
    })),
    scripted: scripted.state(),
    processes,
  };
  return copied(frozen);
}

/** The processes of a machine whose sessions stand already. */
export function thawProcesses(machine: Machine, frozen: FrozenMachine): void {
  const places = placesOf(machine);
  for (const process of copied(frozen).processes) thawProcess(machine.table, process, places);
  for (const { session } of machine.sessions) session.goOn();
  machine.scripted.goOn();
}

/** Functions of a shell are never changed in place: they are shared. */
export function copied(frozen: FrozenMachine): FrozenMachine {
  const shared = frozen.processes.flatMap(({ prompt }) => [
    ...(prompt?.standing.state.functions.values() ?? []),
  ]);
  return cloneData(frozen, new Map(shared.map((each) => [each, each])));
}

/** About how many bytes it holds. */
export function weightOf({ sessions, lines, processes }: FrozenMachine): number {
  const shown = sessions.reduce((sum, { feed }) => sum + feed.shownSoFar.length, 0);
  const histories = processes.reduce(
    (sum, { prompt }) => sum + (prompt?.standing.state.history.length ?? 0),
    0,
  );
  return shown + 8 * (lines.length + histories) + PROCESS_BYTES * processes.length;
}

const PROCESS_BYTES = 4_000;

function placesOf({ sessions, scripted: { running } }: Machine): Places {
  const terminals = [...sessions].map(({ session }: OpenTerminal) => session.terminal);
  return running === null
    ? { terminals, sinks: [] }
    : { terminals: [...terminals, running.terminal], sinks: [running.stdout, running.stderr] };
}
