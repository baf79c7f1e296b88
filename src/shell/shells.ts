/**
 * The shells of a lab: on each machine a table of processes, and the sessions that people and scripts have with its
 * bash. It is attached to the lab when the first session begins.
 */
import { assert, unreachable } from '../base/assert.ts';
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { DATA_PATH } from '../lab/boot.ts';
import {
  GUEST_CLIENT,
  GUEST_TOKEN,
  guestsOf,
  provideGuests,
  type FrozenGuests,
  type GuestAction,
  type LabGuests,
} from '../lab/guests.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import type { Pid } from '../machine/syscall.ts';
import type { Reply } from '../resp/reply.ts';
import { MainServer } from './main-server.ts';
import { Network } from './network.ts';
import { ProcessTable, type TableCounts } from './process-table.ts';
import type { MachinePorts } from './process.ts';
import { registerPrograms } from './programs.ts';
import { programs } from './language/registry.ts';
import type { Listener } from './machine-door.ts';
import type { Run } from './program.ts';
import { newTerminalState, type TerminalState } from './streams.ts';
import { TerminalFeed } from './terminal-feed.ts';
import { ScriptedShell, sinks, whenEnded, type ShellResult } from './scripted-shell.ts';
import { environment, Session } from './session.ts';
import { Collector } from './collector.ts';
import {
  copied,
  freezeMachine,
  isIdle,
  thawProcesses,
  weightOf,
  type FrozenMachine,
} from './frozen-machine.ts';
import type { Machine, OpenTerminal } from './machine.ts';

export class Shells implements LabGuests {
  private readonly lab: Lab;
  private readonly machines = new Map<Lane, Machine>();
  private readonly terminals = new Map<number, OpenTerminal>();
  /** Who waits for the end of a line, by the token of its action. */
  private readonly results = new Map<number, (result: ShellResult) => void>();
  private nextToken = 1;
  private nextClient: number;

  constructor(lab: Lab, nextClient = 1) {
    registerPrograms();
    this.lab = lab;
    this.nextClient = nextClient;
    lab.guests = this;
  }

  // --- actions ---

  act(action: GuestAction, token: number): string | undefined {
    const lane = this.lab.lane(action.lane);
    if (lane === undefined) return this.lab.noLane(action.lane);
    if (action.kind === 'terminal') return this.actAtTerminal(lane, action);
    if (lane.state.power === 'off') return NO_POWER;
    const done = this.results.get(token);
    this.run(lane, action.line, (result) => {
      this.results.delete(token);
      done?.(result);
    });
    return undefined;
  }

  /** A token for the action of a line, whose end is told. */
  expect(done: (result: ShellResult) => void): number {
    const token = this.nextToken++;
    this.results.set(token, done);
    return token;
  }

  forget(token: number): void {
    this.results.delete(token);
  }

  leave(): void {
    for (const { feed } of this.terminals.values()) feed.turnAway();
    for (const done of this.results.values()) done(GONE);
    this.results.clear();
  }

  /** The terminal of that number, if something runs in it. */
  terminal(session: number): OpenTerminal | undefined {
    return this.terminals.get(session);
  }

  private actAtTerminal(
    lane: Lane,
    { session: number, act }: Extract<GuestAction, { kind: 'terminal' }>,
  ): string | undefined {
    const open = this.terminals.get(number);
    if (act.kind === 'open') {
      if (lane.state.power === 'off') return NO_POWER;
      open?.session.close();
      const { columns, rows } = act;
      const size = newTerminalState({ columns, rows });
      this.openTerminal(this.machine(lane), number, new TerminalFeed(), size).session.start();
      return undefined;
    }
    if (open === undefined) return `terminal ${number} has no shell; open it first`;
    const { session, feed } = open;
    switch (act.kind) {
      case 'line':
        session.line(act.text);
        return undefined;
      case 'keys':
        session.keys(act.data);
        return undefined;
      case 'end':
        session.endOfInput();
        return undefined;
      case 'signal':
        session.signal(act.name);
        return undefined;
      case 'resize':
        session.resize({ columns: act.columns, rows: act.rows });
        return undefined;
      case 'shown':
        feed.makeRoom();
        session.shown();
        return undefined;
      case 'close':
        session.close();
        return undefined;
      default:
        return unreachable(act);
    }
  }

  private openTerminal(
    { table, sessions }: Machine,
    number: number,
    feed: TerminalFeed,
    terminal: TerminalState,
    pid?: Pid,
  ): OpenTerminal {
    const left = (): void => {
      sessions.delete(open);
      if (this.terminals.get(number) === open) this.terminals.delete(number);
    };
    const open = { number, feed, session: new Session(table, feed, terminal, left, pid) };
    this.terminals.set(number, open);
    sessions.add(open);
    return open;
  }

  // --- sessions ---

  /** Runs a line, after those before it; variables and the working directory last from line to line. */
  run(lane: Lane, line: ByteString, done: (result: ShellResult) => void): void {
    this.machine(lane).scripted.run(line, done);
  }

  /** A program by itself, with its input: for tests and for headless use. Its streams are no terminal. */
  runProgram(
    lane: Lane,
    argv: readonly ByteString[],
    options: { readonly cwd?: ByteString; readonly env?: ReadonlyMap<string, ByteString> },
    done: (result: ShellResult) => void,
  ): void {
    const machine = this.machine(lane);
    const stdout = new Collector();
    const stderr = new Collector();
    const program = programs.get(argv[0] ?? '') ?? notFound;
    const { cwd, env } = options;
    const pid = machine.table.start(
      {
        argv,
        body: program,
        env: env ?? environment,
        group: 'new',
        ...(cwd === undefined ? {} : { cwd }),
      },
      sinks(stdout, stderr),
      null,
    );
    whenEnded(machine.table, pid, (exitCode) =>
      done({ stdout: stdout.empty(), stderr: stderr.empty(), exitCode }),
    );
    machine.table.drain();
  }

  // --- machines ---

  private machine(lane: Lane): Machine {
    const known = this.machines.get(lane);
    if (known !== undefined) return known;
    for (const folder of [DATA_PATH, '/root', '/tmp', '/etc/redis', '/var/log'])
      lane.kernel.makeDirectory(folder);
    return this.enter(lane);
  }

  /** `counts` and `lines`: of the machine that this one goes on from. */
  private enter(lane: Lane, counts?: TableCounts, lines?: readonly string[]): Machine {
    const { lab } = this;
    const network = new Network(() => this.mainListener(machine));
    const main = new MainServer(lane, network, lines);
    const ports: MachinePorts = {
      kernel: lane.kernel,
      network,
      servers: main,
      get now(): Micros {
        return lane.now;
      },
      get wallNow(): Micros {
        return lane.wallNow;
      },
      pace: () => lab.pace(),
      schedule: (at, timer) =>
        void lab.clock.schedule(at, { kind: 'guest', payload: { lane: lane.state.id, timer } }),
    };
    const table = new ProcessTable(ports, counts);
    const machine: Machine = {
      lane,
      table,
      network,
      main,
      clients: new Map(),
      scripted: new ScriptedShell(table),
      sessions: new Set(),
    };
    this.machines.set(lane, machine);
    return machine;
  }

  /** The lab's own server, as the network of the machine sees it. */
  private mainListener(
    machine: Machine,
  ): { readonly port: number; readonly listener: Listener } | undefined {
    const { lane, clients } = machine;
    const { server } = lane;
    if (server === null || server.state.phase === 'starting') return undefined;
    const name = (connection: number): string => `${GUEST_CLIENT}${connection}`;
    return {
      port: server.state.settings.port,
      listener: {
        connect: (deliver) => {
          const connection = this.nextClient++;
          clients.set(name(connection), deliver);
          return connection;
        },
        receive: (connection, argv) => lane.send(name(connection), GUEST_TOKEN, argv),
        disconnect: (connection) => {
          clients.delete(name(connection));
          lane.interrupt(name(connection));
          lane.state.clients.delete(name(connection));
        },
      },
    };
  }

  // --- copies ---

  isIdle(): boolean {
    return [...this.machines.values()].every(isIdle);
  }

  freeze(): FrozenGuests {
    const machines = [...this.machines.values()].map(freezeMachine);
    const { nextClient } = this;
    return {
      weight: machines.reduce((sum, machine) => sum + weightOf(machine), 0),
      thaw: (lab) => thawShells(lab, machines, nextClient),
    };
  }

  /** As they were on a machine of the lab that this one is a copy of. */
  goOn(frozen: FrozenMachine): void {
    const { lane: id, counts, lines, sessions, scripted } = copied(frozen);
    const lane = this.lab.lane(id);
    assert(lane !== undefined, 'a copy has the machines of what it was copied from');
    const machine = this.enter(lane, counts, lines);
    for (const { number, feed, terminal, pid } of sessions)
      this.openTerminal(machine, number, new TerminalFeed(feed), terminal, pid);
    if (scripted !== null) machine.scripted.stand(scripted);
    thawProcesses(machine, frozen);
  }

  // --- LabGuests ---

  dispatch(lane: Lane, timer: number): void {
    this.machines.get(lane)?.table.dispatch(timer);
  }

  reply(lane: Lane, client: string, reply: Reply | null): void {
    const machine = this.machines.get(lane);
    const deliver = machine?.clients.get(client);
    if (reply === null) machine?.clients.delete(client);
    deliver?.(reply);
  }

  logged(lane: Lane, line: string): void {
    this.machines.get(lane)?.main.logged(line);
  }

  refused(lane: Lane, text: string): void {
    for (const line of text.split('\n')) this.logged(lane, line);
    this.mainEnded(lane, 1, null);
  }

  mainEnded(lane: Lane, code: number, signal: string | null): void {
    const machine = this.machines.get(lane);
    machine?.main.ended(code, signal);
    machine?.table.drain();
  }

  powerOff(lane: Lane): void {
    const machine = this.machines.get(lane);
    if (machine === undefined) return;
    machine.table.powerOff();
    machine.clients.clear();
    machine.main.powerOff();
    for (const { session } of [...machine.sessions]) session.powerOff();
    machine.scripted.powerOff();
  }
}

const NO_POWER = 'bash: the machine has no power; boot it first';
/** The end of a line whose lab nobody looks at any more. */
const GONE: ShellResult = {
  stdout: EMPTY,
  stderr: ascii('bash: the lab has been replaced by another one\n'),
  exitCode: 255,
};

const shells = new WeakMap<Lab, Shells>();

provideGuests((lab) => newShells(lab, 1));

function newShells(lab: Lab, nextClient: number): Shells {
  const made = new Shells(lab, nextClient);
  shells.set(lab, made);
  return made;
}

function thawShells(lab: Lab, machines: readonly FrozenMachine[], nextClient: number): void {
  const made = newShells(lab, nextClient);
  for (const machine of machines) made.goOn(machine);
}

/** The shells of a lab that has some already. */
export function knownShells(lab: Lab): Shells | undefined {
  return shells.get(lab);
}

/** The shells of a lab, from now on; or why it can have none. */
export function shellsOfLab(lab: Lab): Shells | string {
  const guests = guestsOf(lab);
  if (typeof guests === 'string') return guests;
  return shells.get(lab) ?? 'somebody else works on its machines';
}

function* notFound(): Run {
  return 127;
}
