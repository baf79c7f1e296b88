/** Processes that only wait, as data: a bash that stands at its prompt, and what has ended and was not waited for yet. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Fd, Pid } from '../machine/syscall.ts';
import type { AtPrompt } from './language/shell-state.ts';
import type { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';
import type { Exit, SignalHandling, SignalName } from './program.ts';
import { bashAtPrompt } from './programs/bash.ts';
import { sessionRequest } from './session.ts';
import type { Sink, Stream, Terminal } from './streams.ts';

export interface FrozenProcess {
  readonly pid: Pid;
  readonly parent: Pid;
  readonly group: number;
  readonly argv: readonly ByteString[];
  readonly network: string;
  /** Its terminal's number among those of its machine; null: none. */
  readonly terminal: number | null;
  readonly streams: Map<number, FrozenStream>;
  readonly handlers: Map<SignalName, SignalHandling>;
  readonly signals: SignalName[];
  readonly stopTold: boolean;
  readonly exit: Exit | null;
  readonly prompt: FrozenPrompt | null;
}

interface FrozenPrompt {
  readonly standing: AtPrompt;
  readonly shown: ByteString;
  /** Work of its task that has not been paid for in time. */
  readonly debt: Micros;
}

type FrozenStream =
  | { readonly kind: 'file'; readonly fd: Fd }
  | { readonly kind: 'terminal' | 'null' | 'zero' }
  | { readonly kind: 'sink'; readonly sink: number };

/** Where processes of a machine read and write, beside its files. */
export interface Places {
  readonly terminals: readonly Terminal[];
  readonly sinks: readonly Sink[];
}

/** Its own waiting, and whoever is told of its end. */
const WAITERS_AT_PROMPT = 2;

/** Of what it is its own part, nothing is copied. Null: it does more than wait. */
export function freezeProcess(process: Process, places: Places): FrozenProcess | null {
  const { pid, parent, group, argv, network, handlers, signals, stopTold, exit } = process;
  const prompt = exit === null ? promptOf(process) : null;
  if (exit === null && prompt === null) return null;
  const terminal = process.terminal === null ? null : places.terminals.indexOf(process.terminal);
  if (terminal === -1) return null;
  const streams = new Map<number, FrozenStream>();
  for (const [fd, stream] of process.streams) {
    const frozen = freezeStream(stream, process.terminal, places);
    if (frozen === null) return null;
    streams.set(fd, frozen);
  }
  const common = { pid, parent, group, argv, network, terminal, streams };
  return { ...common, handlers, signals, stopTold, exit, prompt };
}

function promptOf({
  main,
  tasks,
  waiters,
  sockets,
  stopped,
  terminal,
}: Process): FrozenPrompt | null {
  if (main === null || tasks.size !== 1 || waiters.size !== WAITERS_AT_PROMPT) return null;
  if (sockets.size > 0 || stopped !== null || terminal?.prompting !== true) return null;
  const { ask, answer, timer, debt } = main;
  if (ask?.ask !== 'prompt' || ask.standing === null || answer !== null || timer !== null)
    return null;
  return { standing: ask.standing, shown: ask.text, debt };
}

function freezeStream(
  stream: Stream,
  terminal: Terminal | null,
  { sinks }: Places,
): FrozenStream | null {
  switch (stream.kind) {
    case 'file':
    case 'null':
    case 'zero':
      return stream;
    case 'terminal':
      return stream.terminal === terminal ? { kind: 'terminal' } : null;
    case 'sink': {
      const sink = sinks.indexOf(stream.sink);
      return sink < 0 ? null : { kind: 'sink', sink };
    }
    case 'pipe-end':
      return null;
  }
}

/** `frozen` is its own from now on. */
export function thawProcess(table: ProcessTable, frozen: FrozenProcess, places: Places): void {
  const { pid, parent, group, argv, network, handlers, signals, stopTold, exit, prompt } = frozen;
  const terminal = frozen.terminal === null ? null : places.terminals[frozen.terminal]!;
  const streams = new Map<number, Stream>();
  for (const [fd, stream] of frozen.streams) streams.set(fd, thawStream(stream, terminal, places));
  const process: Process = {
    pid,
    parent,
    group,
    request: { ...sessionRequest, argv },
    argv,
    terminal,
    network,
    streams,
    sockets: new Map(),
    handlers,
    signals,
    tasks: new Set(),
    main: null,
    stopped: null,
    stopTold,
    exit,
    waiters: new Set(),
  };
  table.processes.set(pid, process);
  if (prompt === null) return;
  const { standing, shown, debt } = prompt;
  process.main = table.addWaitingTask(process, bashAtPrompt(standing, shown), debt);
}

function thawStream(stream: FrozenStream, terminal: Terminal | null, { sinks }: Places): Stream {
  switch (stream.kind) {
    case 'file':
      return stream;
    case 'null':
    case 'zero':
      return { kind: stream.kind };
    case 'sink':
      return { kind: 'sink', sink: sinks[stream.sink]! };
    case 'terminal':
      return terminal === null ? { kind: 'null' } : { kind: 'terminal', terminal };
  }
}
