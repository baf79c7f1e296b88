/** What each ask of a program does: the table of system calls of the simulated machine's processes. */
import { unreachable } from '../base/assert.ts';
import {
  ascii,
  byteStringOf,
  bytesOf,
  concatBytes,
  EMPTY,
  sliceBytes,
  type ByteString,
} from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Syscall } from '../machine/syscall.ts';
import { doorOf } from './process-door.ts';
import type { ProcessTable } from './process-table.ts';
import { sendSignal } from './kill.ts';
import type { Process, Socket, Task } from './process.ts';
import type { Answer, Ask, StreamErrno } from './program.ts';
import {
  newPipe,
  readPipe,
  readTerminal,
  tellWaiters,
  writePipe,
  type Stream,
  type Terminal,
  type Waitable,
} from './streams.ts';

export type Outcome =
  /** At once, for so much work. */
  | { readonly outcome: 'answer'; readonly answer: Answer; readonly micros: Micros }
  /** At an instant that is known. */
  | { readonly outcome: 'at'; readonly at: Micros; readonly answer: Answer }
  /** When one of these changes, the ask is made again; at `until` the answer is `late`. */
  | {
      readonly outcome: 'wait';
      readonly on: readonly Waitable[];
      readonly until: Micros | null;
      readonly late: Answer | null;
    }
  /** The process has ended over it. */
  | { readonly outcome: 'gone' };

type AskOf<K extends Ask['ask']> = Extract<Ask, { ask: K }>;

const CALL: Micros = 3;
const SPAWN: Micros = 600;
/** A completion that comes sooner than this counts as no waiting when the clock stands still. */
const NO_WAITING: Micros = 1_000;
/** What a terminal takes a byte: a megabyte a second. */
const TERMINAL_MICROS_PER_BYTE = 1;
const ZEROS = ascii('\0'.repeat(65_536));

function done(answer: Answer, micros: Micros = CALL): Outcome {
  return { outcome: 'answer', answer, micros };
}
function failed(errno: StreamErrno): Outcome {
  return done({ answer: 'failed', errno });
}
function value(n: number, micros: Micros = CALL): Outcome {
  return done({ answer: 'number', value: n }, micros);
}
const NONE: Answer = { answer: 'none' };
const nothing = done(NONE);

export function perform(table: ProcessTable, task: Task, ask: Ask): Outcome {
  const { process } = task;
  const { ports } = table;
  switch (ask.ask) {
    case 'call':
      return callKernel(table, process, ask.call);
    case 'open':
      return openStream(table, process, ask);
    case 'read':
      return readStream(table, process, ask);
    case 'write':
      return writeStream(table, process, ask);
    case 'close':
      table.closeStream(process, ask.fd);
      return nothing;
    case 'dup': {
      const stream = process.streams.get(ask.from);
      if (stream === undefined) return failed('EBADF');
      if (ask.from !== ask.to) table.install(process, ask.to, stream, process);
      return nothing;
    }
    case 'seek':
      return seekStream(table, process, ask);
    case 'pipe':
      return makePipe(table, process);
    case 'spawn':
      return value(table.spawn(process, ask.request), SPAWN);
    case 'wait':
      return waitForChild(table, process, ask);
    case 'kill':
      return killed(process, sendSignal(table, process, ask.pid, ask.signal));
    case 'handle':
      if (ask.how === 'default') process.handlers.delete(ask.signal);
      else process.handlers.set(ask.signal, ask.how);
      return nothing;
    case 'signals':
      return done({ answer: 'signals', signals: process.signals.splice(0) }, 0);
    case 'sleep':
      if (process.signals.length > 0) return nothing;
      return { outcome: 'at', at: ports.now + Math.max(0, ask.micros), answer: NONE };
    case 'work':
      return done({ answer: 'none' }, ask.micros);
    case 'now':
      return value(ports.wallNow, 0);
    case 'processes':
      return done({ answer: 'processes', rows: table.rows() });
    case 'cwd':
      return done(
        { answer: 'bytes', bytes: ascii(ports.kernel.process(process.pid)?.cwd ?? '/') },
        0,
      );
    case 'terminal': {
      const stream = process.streams.get(ask.fd);
      return done(
        { answer: 'terminal', size: stream?.kind === 'terminal' ? stream.terminal.size : null },
        0,
      );
    }
    case 'terminal-mode':
      if (process.terminal !== null) {
        process.terminal.mode = ask.mode;
        process.terminal.host.mode(ask.mode);
      }
      return nothing;
    case 'foreground':
      if (process.terminal !== null) process.terminal.foreground = ask.group ?? process.group;
      return nothing;
    case 'prompt':
      return prompt(process, ask);
    case 'connect':
      return openSocket(table, process, ask);
    case 'send': {
      const socket = process.sockets.get(ask.socket);
      if (socket !== undefined && !socket.closed)
        socket.listener.receive(socket.connection, ask.argv);
      return nothing;
    }
    case 'receive':
      return receiveReply(process, ask);
    case 'hang-up': {
      const socket = process.sockets.get(ask.socket);
      process.sockets.delete(ask.socket);
      socket?.listener.disconnect(socket.connection);
      return nothing;
    }
    case 'machine':
      return done({ answer: 'machine', value: ask.act(doorOf(table, process)) });
    default:
      return unreachable(ask);
  }
}

function callKernel(table: ProcessTable, process: Process, call: Syscall): Outcome {
  const { kernel, now } = table.ports;
  const { result, endsAt } = kernel.call({ pid: process.pid, thread: 'main' }, call, now);
  const answer: Answer = { answer: 'call', result };
  if (call.call === 'fsync' || call.call === 'fdatasync' || endsAt - now >= NO_WAITING)
    return { outcome: 'at', at: endsAt, answer };
  return done(answer, endsAt - now);
}

const devices: ReadonlyMap<string, number | 'null' | 'zero' | 'terminal'> = new Map<
  string,
  number | 'null' | 'zero' | 'terminal'
>([
  ['/dev/null', 'null'],
  ['/dev/zero', 'zero'],
  ['/dev/tty', 'terminal'],
  ['/dev/stdin', 0],
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
  ['/dev/fd/0', 0],
  ['/dev/fd/1', 1],
  ['/dev/fd/2', 2],
]);

function openStream(
  table: ProcessTable,
  process: Process,
  { path, way, fd }: AskOf<'open'>,
): Outcome {
  const to = fd ?? table.freeFd(process);
  const device = devices.get(path);
  if (device !== undefined) {
    const stream = deviceStream(process, device);
    if (stream === undefined) return failed('ENOENT');
    table.install(process, to, stream, process);
    return value(to);
  }
  const { kernel, now } = table.ports;
  const { result, endsAt } = kernel.call(
    { pid: process.pid, thread: 'main' },
    { call: 'open', path, mode: way },
    now,
  );
  if (!result.ok) return done({ answer: 'failed', errno: result.errno }, endsAt - now);
  table.closeStream(process, to);
  process.streams.set(to, { kind: 'file', fd: result.value });
  return value(to, endsAt - now);
}

function deviceStream(
  process: Process,
  device: number | 'null' | 'zero' | 'terminal',
): Stream | undefined {
  if (typeof device === 'number') return process.streams.get(device);
  if (device !== 'terminal') return { kind: device };
  return process.terminal === null ? undefined : { kind: 'terminal', terminal: process.terminal };
}

/** A gigabyte a second. */
function copyTime(bytes: number): Micros {
  return Math.floor(bytes / 1000);
}

function bytesAnswer(bytes: ByteString, micros: Micros = CALL): Outcome {
  return done({ answer: 'bytes', bytes }, micros);
}

function readStream(table: ProcessTable, process: Process, ask: AskOf<'read'>): Outcome {
  const stream = process.streams.get(ask.fd);
  if (stream === undefined) return failed('EBADF');
  switch (stream.kind) {
    case 'file': {
      const { kernel, now } = table.ports;
      const { result, endsAt } = kernel.call(
        { pid: process.pid, thread: 'main' },
        { call: 'read', fd: stream.fd, length: ask.length },
        now,
      );
      if (!result.ok) return done({ answer: 'failed', errno: result.errno }, endsAt - now);
      return bytesAnswer(byteStringOf(result.bytes ?? new Uint8Array()), endsAt - now);
    }
    case 'pipe-end': {
      if (stream.end === 'write') return failed('EBADF');
      const bytes = readPipe(stream.pipe, ask.length);
      return bytes === null
        ? waitToRead(process, stream.pipe, ask.until)
        : bytesAnswer(bytes, CALL + copyTime(bytes.length));
    }
    case 'terminal': {
      const { terminal } = stream;
      const bytes = readTerminal(terminal, ask.length);
      if (bytes !== null) return bytesAnswer(bytes);
      // Who types is told that a line is wanted.
      if (terminal.mode === 'line' && !terminal.prompting) terminal.host.reading();
      return waitToRead(process, terminal, ask.until);
    }
    case 'zero':
      return bytesAnswer(ascii(ZEROS.slice(0, ask.length)), CALL + copyTime(ask.length));
    case 'null':
    case 'sink':
      return bytesAnswer(ascii(''));
    default:
      return unreachable(stream);
  }
}

function waitToRead(process: Process, on: Waitable, until: Micros | null): Outcome {
  if (process.signals.length > 0) return failed('EINTR');
  return { outcome: 'wait', on: [on, process], until, late: { answer: 'failed', errno: 'EAGAIN' } };
}

function writeStream(table: ProcessTable, process: Process, ask: AskOf<'write'>): Outcome {
  const stream = process.streams.get(ask.fd);
  if (stream === undefined) return failed('EBADF');
  const { bytes } = ask;
  switch (stream.kind) {
    case 'file': {
      const { kernel, now } = table.ports;
      const { result, endsAt } = kernel.call(
        { pid: process.pid, thread: 'main' },
        { call: 'write', fd: stream.fd, bytes: bytesOf(bytes) },
        now,
      );
      const answer: Answer = result.ok
        ? { answer: 'number', value: result.value }
        : { answer: 'failed', errno: result.errno };
      if (endsAt - now >= NO_WAITING) return { outcome: 'at', at: endsAt, answer };
      return done(answer, endsAt - now);
    }
    case 'pipe-end': {
      if (stream.end === 'read') return failed('EBADF');
      const taken = writePipe(stream.pipe, bytes);
      if (taken === 'broken') {
        if (process.handlers.get('PIPE') === undefined) {
          table.signal(process, 'PIPE');
          return { outcome: 'gone' };
        }
        return failed('EPIPE');
      }
      if (taken === null) return { outcome: 'wait', on: [stream.pipe], until: null, late: null };
      return value(taken);
    }
    case 'terminal':
    case 'sink': {
      const sink = stream.kind === 'sink' ? stream.sink : stream.terminal.host.sink;
      if (!sink.take(bytes)) return { outcome: 'wait', on: [sink], until: null, late: null };
      return value(bytes.length, CALL + bytes.length * TERMINAL_MICROS_PER_BYTE);
    }
    case 'null':
    case 'zero':
      return value(bytes.length);
    default:
      return unreachable(stream);
  }
}

function seekStream(table: ProcessTable, process: Process, ask: AskOf<'seek'>): Outcome {
  const stream = process.streams.get(ask.fd);
  if (stream?.kind !== 'file') return failed('EINVAL');
  const descriptor = table.ports.kernel.process(process.pid)?.descriptors.get(stream.fd);
  if (descriptor === undefined) return failed('EBADF');
  descriptor.position = ask.position;
  return nothing;
}

function makePipe(table: ProcessTable, process: Process): Outcome {
  const pipe = newPipe();
  const read = table.freeFd(process);
  table.install(process, read, { kind: 'pipe-end', pipe, end: 'read' }, process);
  const write = table.freeFd(process);
  table.install(process, write, { kind: 'pipe-end', pipe, end: 'write' }, process);
  return done({ answer: 'pipe', read, write });
}

function waitForChild(table: ProcessTable, process: Process, { pid, how }: AskOf<'wait'>): Outcome {
  let children = 0;
  for (const child of table.processes.values()) {
    if (child.parent !== process.pid || (pid !== 'any' && child.pid !== pid)) continue;
    children++;
    if (child.exit !== null) {
      table.reap(child);
      return done({ answer: 'exit', exit: child.exit });
    }
    if (child.stopped !== null && !child.stopTold) {
      child.stopTold = true;
      return done({ answer: 'exit', exit: { pid: child.pid, status: 148, signal: child.stopped } });
    }
  }
  if (children === 0 || how === 'look' || process.signals.length > 0)
    return done({ answer: 'exit', exit: null });
  return { outcome: 'wait', on: [process], until: null, late: null };
}

function killed(process: Process, errno: StreamErrno | undefined): Outcome {
  if (errno !== undefined) return failed(errno);
  return process.exit === null ? nothing : { outcome: 'gone' };
}

/** The page's line editor is asked once; what it sends stands in `lines`. */
function prompt(process: Process, ask: AskOf<'prompt'>): Outcome {
  const { terminal } = process;
  if (terminal === null) return bytesAnswer(ascii(''));
  if (process.signals.includes('INT')) {
    terminal.prompting = false;
    return failed('EINTR');
  }
  const line = terminal.lines.shift();
  if (line !== undefined) {
    terminal.prompting = false;
    terminal.host.mode('line');
    return bytesAnswer(line ?? ascii(''));
  }
  if (!terminal.prompting) {
    const ahead = readAhead(terminal, ask.text);
    if (ahead !== undefined) return ahead;
    terminal.prompting = true;
    terminal.host.prompt(ask.text, ask.status);
  }
  return { outcome: 'wait', on: [terminal, process], until: null, late: null };
}

/** A line that was typed while a program ran which did not read it stands behind the prompt, as in a real one. */
function readAhead(terminal: Terminal, prompt: ByteString): Outcome | undefined {
  const end = terminal.input.indexOf('\n') + 1;
  if (end === 0) {
    terminal.input = EMPTY;
    return undefined;
  }
  const line = sliceBytes(terminal.input, 0, end);
  const { sink } = terminal.host;
  if (!sink.take(concatBytes(prompt, line)))
    return { outcome: 'wait', on: [sink], until: null, late: null };
  terminal.input = sliceBytes(terminal.input, end);
  return bytesAnswer(line);
}

function openSocket(
  table: ProcessTable,
  process: Process,
  { host, port }: AskOf<'connect'>,
): Outcome {
  const listener = table.ports.network.find(process.network, host, port);
  if (listener === undefined) return failed('ECONNREFUSED');
  const socket: Socket = {
    listener,
    connection: 0,
    replies: [],
    closed: false,
    waiters: new Set(),
  };
  socket.connection = listener.connect((reply) => {
    if (reply === null) socket.closed = true;
    else socket.replies.push(reply);
    tellWaiters(socket);
    table.drain();
  });
  let number = 1;
  while (process.sockets.has(number)) number++;
  process.sockets.set(number, socket);
  return value(number, table.ports.kernel.state.costs.networkRoundTrip);
}

function receiveReply(process: Process, { socket: number, until }: AskOf<'receive'>): Outcome {
  const socket = process.sockets.get(number);
  const reply = socket?.replies.shift();
  if (reply !== undefined) return done({ answer: 'reply', reply });
  if (socket === undefined || socket.closed) return done({ answer: 'reply', reply: 'closed' });
  if (process.signals.length > 0) return done({ answer: 'reply', reply: 'interrupted' });
  return {
    outcome: 'wait',
    on: [socket, process],
    until,
    late: { answer: 'reply', reply: 'late' },
  };
}
