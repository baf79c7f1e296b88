/**
 * The shells of a lab: on each machine a table of processes, and the sessions that people and scripts have with its
 * bash. It is attached to the lab when the first session begins.
 */
import { unreachable } from '../base/assert.ts';
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { DATA_PATH } from '../lab/boot.ts';
import {
  GUEST_CLIENT,
  GUEST_TOKEN,
  guestsOf,
  provideGuests,
  type GuestAction,
  type LabGuests,
} from '../lab/guests.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import type { Reply } from '../resp/reply.ts';
import { MainServer } from './main-server.ts';
import { Network } from './network.ts';
import { ProcessTable } from './process-table.ts';
import { registerPrograms } from './programs.ts';
import { programs } from './language/registry.ts';
import type { Listener } from './machine-door.ts';
import type { Program } from './program.ts';
import {
  newTerminal,
  tellWaiters,
  type Sink,
  type Stream,
  type Terminal,
  type TerminalHost,
} from './streams.ts';
import { TerminalFeed } from './terminal-feed.ts';
import { environment, notFound, Session } from './session.ts';

export interface ShellResult {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  readonly exitCode: number;
}

interface OpenTerminal {
  readonly session: Session;
  readonly feed: TerminalFeed;
}

interface Machine {
  readonly lane: Lane;
  readonly table: ProcessTable;
  readonly main: MainServer;
  /** Those that wait for replies of the main server, by their client's name. */
  readonly clients: Map<string, (reply: Reply | null) => void>;
  scripted: Scripted | null;
  readonly sessions: Set<Session>;
}

/** A bash that takes its lines from a script: `aofLab.shell`. */
interface Scripted {
  readonly terminal: Terminal;
  readonly pid: number;
  readonly stdout: Collector;
  readonly stderr: Collector;
  readonly waiting: { readonly line: ByteString; readonly done: (result: ShellResult) => void }[];
  /** Null: at the prompt. */
  running: ((result: ShellResult) => void) | null;
}

/** A script that prints more than this has its shell killed: it would fill the memory of the page. */
const MOST_COLLECTED = 64 * 1024 * 1024;

class Collector implements Sink {
  readonly waiters = new Set<{ retry(): void }>();
  private parts: ByteString[] = [];
  private size = 0;

  take(bytes: ByteString): boolean {
    if (this.size > MOST_COLLECTED) return false;
    this.parts.push(bytes);
    this.size += bytes.length;
    return true;
  }

  empty(): ByteString {
    const text = ascii(this.parts.join(''));
    this.parts = [];
    this.size = 0;
    return text;
  }
}

export class Shells implements LabGuests {
  private readonly lab: Lab;
  private readonly machines = new Map<Lane, Machine>();
  private readonly terminals = new Map<number, OpenTerminal>();
  /** Who waits for the end of a line, by the token of its action. */
  private readonly results = new Map<number, (result: ShellResult) => void>();
  private nextToken = 1;
  private nextClient = 1;

  constructor(lab: Lab) {
    registerPrograms();
    this.lab = lab;
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
      const feed = new TerminalFeed();
      const session = new Session(this.machine(lane).table, feed, act, () => {
        this.machine(lane).sessions.delete(session);
        if (this.terminals.get(number)?.session === session) this.terminals.delete(number);
      });
      this.terminals.set(number, { session, feed });
      this.machine(lane).sessions.add(session);
      session.start();
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
        session.resize(act);
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

  // --- sessions ---

  /** Runs a line, after those before it; variables and the working directory last from line to line. */
  run(lane: Lane, line: ByteString, done: (result: ShellResult) => void): void {
    const machine = this.machine(lane);
    const scripted = (machine.scripted ??= this.startScripted(machine));
    scripted.waiting.push({ line, done });
    this.nextLine(machine, scripted);
    machine.table.drain();
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
    const program: Program = programs.get(argv[0] ?? '') ?? notFound;
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
    this.whenEnded(machine, pid, (exitCode) =>
      done({ stdout: stdout.empty(), stderr: stderr.empty(), exitCode }),
    );
    machine.table.drain();
  }

  private startScripted(machine: Machine): Scripted {
    const stdout = new Collector();
    const stderr = new Collector();
    const host: TerminalHost = {
      sink: stdout,
      prompt: (_text, status) => this.scriptedIdle(machine, status),
      mode: () => undefined,
      reading: () => undefined,
    };
    const terminal = newTerminal(host, { columns: 80, rows: 24 });
    const pid = machine.table.start(
      {
        argv: [ascii('bash'), ascii('--lines')],
        body: programs.get('bash') ?? notFound,
        env: environment,
        group: 'new',
      },
      sinks(stdout, stderr),
      terminal,
    );
    const scripted: Scripted = { terminal, pid, stdout, stderr, waiting: [], running: null };
    this.whenEnded(machine, pid, (status) => {
      if (machine.scripted === scripted) machine.scripted = null;
      this.finish(scripted, status);
      for (const { line, done } of scripted.waiting.splice(0)) this.again(machine, line, done);
    });
    return scripted;
  }

  private again(machine: Machine, line: ByteString, done: (result: ShellResult) => void): void {
    const scripted = (machine.scripted ??= this.startScripted(machine));
    scripted.waiting.push({ line, done });
    this.nextLine(machine, scripted);
  }

  private scriptedIdle(machine: Machine, status: number): void {
    const { scripted } = machine;
    if (scripted === null) return;
    this.finish(scripted, status);
    this.nextLine(machine, scripted);
  }

  private finish(scripted: Scripted, exitCode: number): void {
    const { running } = scripted;
    scripted.running = null;
    running?.({ stdout: scripted.stdout.empty(), stderr: scripted.stderr.empty(), exitCode });
  }

  private nextLine(machine: Machine, scripted: Scripted): void {
    if (scripted.running !== null) return;
    const next = scripted.waiting.shift();
    if (next === undefined) return;
    scripted.running = next.done;
    scripted.terminal.lines.push(ascii(`${next.line}\n`));
    tellWaiters(scripted.terminal);
    machine.table.drain();
  }

  private whenEnded(machine: Machine, pid: number, act: (status: number) => void): void {
    const process = machine.table.process(pid);
    const waiter = {
      retry: () => {
        if (process.exit === null) return;
        process.waiters.delete(waiter);
        act(process.exit.status);
      },
    };
    process.waiters.add(waiter);
    waiter.retry();
  }

  // --- machines ---

  private machine(lane: Lane): Machine {
    const known = this.machines.get(lane);
    if (known !== undefined) return known;
    const { lab } = this;
    for (const folder of [DATA_PATH, '/root', '/tmp', '/etc/redis', '/var/log'])
      lane.kernel.makeDirectory(folder);
    const network = new Network(() => this.mainListener(machine));
    const main = new MainServer(lane, network);
    const table = new ProcessTable({
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
    });
    const machine: Machine = {
      lane,
      table,
      main,
      clients: new Map(),
      scripted: null,
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
    const { scripted, sessions } = machine;
    machine.table.powerOff();
    machine.clients.clear();
    machine.main.powerOff();
    machine.scripted = null;
    for (const session of [...sessions]) session.powerOff();
    if (scripted === null) return;
    scripted.stderr.take(ascii('bash: the machine has lost its power\n'));
    this.finish(scripted, 255);
    for (const { done } of scripted.waiting)
      done({
        stdout: EMPTY,
        stderr: ascii('bash: the machine has lost its power\n'),
        exitCode: 255,
      });
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

provideGuests((lab) => {
  const made = new Shells(lab);
  shells.set(lab, made);
  return made;
});

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

function sinks(stdout: Sink, stderr: Sink): ReadonlyMap<number, Stream> {
  return new Map<number, Stream>([
    [0, { kind: 'null' }],
    [1, { kind: 'sink', sink: stdout }],
    [2, { kind: 'sink', sink: stderr }],
  ]);
}
