/** A bash of a machine that takes its lines from scripts: `aofLab.shell`. */
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Pid } from '../machine/syscall.ts';
import { Collector } from './collector.ts';
import type { ProcessTable } from './process-table.ts';
import type { SpawnRequest } from './program.ts';
import { bashAlone } from './programs/bash.ts';
import { environment } from './session.ts';
import {
  newTerminal,
  newTerminalState,
  stateOfTerminal,
  tellWaiters,
  type Sink,
  type Stream,
  type Terminal,
  type TerminalHost,
  type TerminalState,
} from './streams.ts';

export interface ShellResult {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  readonly exitCode: number;
}

/** The bash that runs now; another one follows when it has ended. */
export interface Running {
  readonly pid: Pid;
  readonly terminal: Terminal;
  readonly stdout: Collector;
  readonly stderr: Collector;
}

/** What is data of it while it has nothing to do. */
export interface ScriptedState {
  readonly pid: Pid;
  readonly terminal: TerminalState;
  readonly stdout: ByteString;
  readonly stderr: ByteString;
}

export const scriptedRequest: SpawnRequest = {
  argv: [ascii('bash'), ascii('--lines')],
  body: bashAlone,
  env: environment,
  group: 'new',
};
const SIZE = { columns: 80, rows: 24 };

export class ScriptedShell {
  private readonly table: ProcessTable;
  running: Running | null = null;
  private readonly waiting: {
    readonly line: ByteString;
    readonly done: (result: ShellResult) => void;
  }[] = [];
  /** Who waits for the end of the line that runs; null: it stands at its prompt. */
  private done: ((result: ShellResult) => void) | null = null;

  constructor(table: ProcessTable) {
    this.table = table;
  }

  get isIdle(): boolean {
    return this.done === null && this.waiting.length === 0;
  }

  /** Runs a line, after those before it; variables and the working directory last from line to line. */
  run(line: ByteString, done: (result: ShellResult) => void): void {
    this.running ??= this.start();
    this.waiting.push({ line, done });
    this.nextLine(this.running);
    this.table.drain();
  }

  /** Null: no bash of it runs. */
  state(): ScriptedState | null {
    if (this.running === null) return null;
    const { pid, terminal, stdout, stderr } = this.running;
    return {
      pid,
      terminal: stateOfTerminal(terminal),
      stdout: stdout.taken,
      stderr: stderr.taken,
    };
  }

  /** As it stood, but for its bash: when that is there too, call `goOn`. */
  stand({ pid, terminal, ...taken }: ScriptedState): void {
    const stdout = new Collector(taken.stdout);
    const stderr = new Collector(taken.stderr);
    this.running = { pid, terminal: newTerminal(this.host(stdout), terminal), stdout, stderr };
  }

  goOn(): void {
    if (this.running !== null) this.watch(this.running);
  }

  powerOff(): void {
    const { running } = this;
    this.running = null;
    if (running === null) return;
    const stderr = ascii('bash: the machine has lost its power\n');
    running.stderr.take(stderr);
    this.finish(running, 255);
    for (const { done } of this.waiting.splice(0)) done({ stdout: EMPTY, stderr, exitCode: 255 });
  }

  private start(): Running {
    const stdout = new Collector();
    const stderr = new Collector();
    const terminal = newTerminal(this.host(stdout), newTerminalState(SIZE));
    const pid = this.table.start(scriptedRequest, sinks(stdout, stderr), terminal);
    const running = { pid, terminal, stdout, stderr };
    this.watch(running);
    return running;
  }

  private watch(running: Running): void {
    whenEnded(this.table, running.pid, (status) => this.ended(running, status));
  }

  private host(sink: Sink): TerminalHost {
    return {
      sink,
      prompt: (_text, status) => this.atPrompt(status),
      mode: () => undefined,
      reading: () => undefined,
    };
  }

  private atPrompt(status: number): void {
    const { running } = this;
    if (running === null) return;
    this.finish(running, status);
    this.nextLine(running);
  }

  private ended(running: Running, status: number): void {
    if (this.running === running) this.running = null;
    this.finish(running, status);
    if (this.waiting.length === 0) return;
    this.running ??= this.start();
    this.nextLine(this.running);
  }

  private finish({ stdout, stderr }: Running, exitCode: number): void {
    const { done } = this;
    this.done = null;
    done?.({ stdout: stdout.empty(), stderr: stderr.empty(), exitCode });
  }

  private nextLine({ terminal }: Running): void {
    if (this.done !== null) return;
    const next = this.waiting.shift();
    if (next === undefined) return;
    this.done = next.done;
    terminal.lines.push(ascii(`${next.line}\n`));
    tellWaiters(terminal);
    this.table.drain();
  }
}

/** No terminal: what is read is at its end, and what is printed is collected. */
export function sinks(stdout: Sink, stderr: Sink): ReadonlyMap<number, Stream> {
  return new Map<number, Stream>([
    [0, { kind: 'null' }],
    [1, { kind: 'sink', sink: stdout }],
    [2, { kind: 'sink', sink: stderr }],
  ]);
}

export function whenEnded(table: ProcessTable, pid: Pid, act: (status: number) => void): void {
  const process = table.process(pid);
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
