/**
 * What a program of the simulated machine is. A program is a generator: it yields what it asks of its machine and is
 * resumed with the answer, so it needs no promise, can be paused, slowed down and killed at every ask, and a hundred
 * of them run side by side in virtual time.
 *
 * A program is written with the functions below (`yield* read(0)`, `yield* write(1, text)`); what it returns is its
 * exit status. Its words, paths and streams are ByteStrings. Signals that it does not handle end it at its next ask.
 *
 * ```ts
 * export function* cat({ argv }: ProgramContext): Run {
 *   for (;;) {
 *     const bytes = yield* read(0);
 *     if (bytes === EMPTY) return 0;
 *     yield* write(1, bytes);
 *   }
 * }
 * ```
 */
import { assert } from '../base/assert.ts';
import { ascii, sliceBytes, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import {
  errnoText,
  type Errno,
  type Pid,
  type Syscall,
  type SyscallResult,
} from '../machine/syscall.ts';
import type { Reply } from '../resp/reply.ts';
import type { AtPrompt } from './language/shell-state.ts';
import type { MachineAnswer, MachineDoor } from './machine-door.ts';

/** What a program does until it returns `T`; a whole program returns its exit status, 0 to 255. */
export type Run<T = number> = Generator<Ask, T, Answer>;

export type Program = (context: ProgramContext) => Run;

export interface ProgramContext {
  /** The words of its command line, its own name first. */
  readonly argv: readonly ByteString[];
  /** The variables that it was given; its own to change. */
  readonly env: Map<string, ByteString>;
  readonly pid: Pid;
}

export type SignalName =
  | 'HUP'
  | 'INT'
  | 'QUIT'
  | 'ABRT'
  | 'KILL'
  | 'USR1'
  | 'SEGV'
  | 'USR2'
  | 'PIPE'
  | 'ALRM'
  | 'TERM'
  | 'CONT'
  | 'STOP'
  | 'TSTP'
  | 'WINCH';

export const signalNumbers: Readonly<Record<SignalName, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  WINCH: 28,
};

export type SignalHandling = 'default' | 'ignore' | 'ignore-here' | 'queue';

export type StreamErrno =
  Errno | 'EPIPE' | 'EINTR' | 'ECONNREFUSED' | 'ESRCH' | 'ECHILD' | 'EADDRINUSE';

const moreErrnoText: Readonly<Record<Exclude<StreamErrno, Errno>, string>> = {
  EPIPE: 'Broken pipe',
  EINTR: 'Interrupted system call',
  ECONNREFUSED: 'Connection refused',
  ESRCH: 'No such process',
  ECHILD: 'No child processes',
  EADDRINUSE: 'Address already in use',
};

/** strerror(3). */
export function reasonOf(errno: StreamErrno): string {
  return (
    Object.entries({ ...errnoText, ...moreErrnoText }).find(([name]) => name === errno)?.[1] ??
    errno
  );
}

/** How a stream is opened: `read`; `truncate` and `append` make the file; `write` needs it and reads too. */
export type OpenWay = 'read' | 'write' | 'truncate' | 'append';

/** What a descriptor of a child is: one of the asking process's own, or nothing to read and nowhere to write. */
export type ChildStreams = ReadonlyMap<number, number>;

export interface SpawnRequest {
  /** Its words, shown by ps. */
  readonly argv: readonly ByteString[];
  readonly body: Program;
  /** Its descriptors by the asking process's; without it 0, 1 and 2 are shared. */
  readonly streams?: ChildStreams;
  readonly env?: ReadonlyMap<string, ByteString>;
  /** `new`: the leader of a group of its own; a number: it joins that group; else its parent's. */
  readonly group?: 'new' | number;
  readonly cwd?: ByteString;
  /** A container's folders; else the parent's. */
  readonly root?: ByteString;
  readonly volumes?: readonly { readonly at: string; readonly from: string }[];
  /** It has no terminal, whatever its parent has. */
  readonly detached?: boolean;
  /** In whose network it listens and connects: 'host', or a container's name. */
  readonly network?: string;
}

export interface Exit {
  readonly pid: Pid;
  /** As the shell's `$?`: 128 and the signal's number after a signal. */
  readonly status: number;
  readonly signal: SignalName | null;
}

export interface ProcessRow {
  readonly pid: Pid;
  readonly parent: Pid;
  readonly group: number;
  readonly user: string;
  /** The name of its program, which it keeps whatever it calls itself. */
  readonly program: string;
  readonly argv: readonly ByteString[];
  readonly startedAt: Micros;
  readonly state: 'R' | 'S' | 'T' | 'Z';
  readonly terminal: boolean;
  readonly memoryBytes: number;
  /** The container that it runs in; null on the machine itself. */
  readonly network: string | null;
}

/** `mode`: `line` gives whole lines that the terminal has shown; `raw` gives keys as they come, unseen. */
export interface TerminalMode {
  readonly mode: 'line' | 'raw';
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a program may ask. Each ask has a function below that gives its answer its type. */
export type Ask =
  | { readonly ask: 'call'; readonly call: Syscall }
  | {
      readonly ask: 'open';
      readonly path: ByteString;
      readonly way: OpenWay;
      readonly fd: number | null;
    }
  | {
      readonly ask: 'read';
      readonly fd: number;
      readonly length: number;
      readonly until: Micros | null;
    }
  | { readonly ask: 'write'; readonly fd: number; readonly bytes: ByteString }
  | { readonly ask: 'close'; readonly fd: number }
  | { readonly ask: 'dup'; readonly from: number; readonly to: number }
  | { readonly ask: 'seek'; readonly fd: number; readonly position: number }
  | { readonly ask: 'pipe' }
  | { readonly ask: 'spawn'; readonly request: SpawnRequest }
  | { readonly ask: 'wait'; readonly pid: Pid | 'any'; readonly how: 'block' | 'look' }
  | { readonly ask: 'kill'; readonly pid: Pid; readonly signal: SignalName | null }
  | { readonly ask: 'handle'; readonly signal: SignalName; readonly how: SignalHandling }
  | { readonly ask: 'signals' }
  | { readonly ask: 'sleep'; readonly micros: Micros }
  | { readonly ask: 'work'; readonly micros: Micros }
  | { readonly ask: 'now' }
  | { readonly ask: 'processes' }
  | { readonly ask: 'cwd' }
  | { readonly ask: 'terminal'; readonly fd: number }
  | { readonly ask: 'terminal-mode'; readonly mode: TerminalMode['mode'] }
  | { readonly ask: 'foreground'; readonly group: number | null }
  | {
      readonly ask: 'prompt';
      readonly text: ByteString;
      readonly status: number;
      readonly standing: AtPrompt | null;
    }
  | { readonly ask: 'connect'; readonly host: ByteString; readonly port: number }
  | { readonly ask: 'send'; readonly socket: number; readonly argv: readonly ByteString[] }
  | { readonly ask: 'receive'; readonly socket: number; readonly until: Micros | null }
  | { readonly ask: 'hang-up'; readonly socket: number }
  | { readonly ask: 'machine'; readonly act: (machine: MachineDoor) => MachineAnswer };

export type Answer =
  | { readonly answer: 'none' }
  | { readonly answer: 'call'; readonly result: SyscallResult }
  | { readonly answer: 'number'; readonly value: number }
  | { readonly answer: 'bytes'; readonly bytes: ByteString }
  | { readonly answer: 'failed'; readonly errno: StreamErrno }
  | { readonly answer: 'pipe'; readonly read: number; readonly write: number }
  | { readonly answer: 'exit'; readonly exit: Exit | null }
  | { readonly answer: 'signals'; readonly signals: readonly SignalName[] }
  | { readonly answer: 'processes'; readonly rows: readonly ProcessRow[] }
  | { readonly answer: 'terminal'; readonly size: TerminalSize | null }
  | { readonly answer: 'reply'; readonly reply: Reply | 'closed' | 'late' | 'interrupted' }
  | { readonly answer: 'machine'; readonly value: MachineAnswer };

type AnswerOf<K extends Answer['answer']> = Extract<Answer, { answer: K }>;

function is<K extends Answer['answer']>(answer: Answer, kind: K): answer is AnswerOf<K> {
  return answer.answer === kind;
}

function* asking<K extends Answer['answer']>(ask: Ask, kind: K): Run<AnswerOf<K>> {
  const answer = yield ask;
  assert(is(answer, kind), `${ask.ask} was answered with ${answer.answer}`);
  return answer;
}

/** Why an ask failed, as a value: compare with `typeof x === 'object'`. */
export interface Failure {
  readonly errno: StreamErrno;
}

/** A system call of the kernel; it takes the time that the call takes. */
export function* call(request: Syscall): Run<SyscallResult> {
  return (yield* asking({ ask: 'call', call: request }, 'call')).result;
}

/** The lowest free descriptor from 3 on, or `fd`. Devices: /dev/null, /dev/zero, /dev/stdin, /dev/stdout, /dev/stderr, /dev/tty. */
export function* open(
  path: ByteString,
  way: OpenWay,
  fd: number | null = null,
): Run<number | Failure> {
  const answer = yield { ask: 'open', path, way, fd };
  if (is(answer, 'failed')) return { errno: answer.errno };
  assert(is(answer, 'number'), 'open');
  return answer.value;
}

/** At least one byte, at most `length`; empty at the end, and where reading fails. Waits for what a pipe has not yet. */
export function* read(fd: number, length = 65536): Run<ByteString> {
  const answer = yield { ask: 'read', fd, length, until: null };
  return is(answer, 'bytes') ? answer.bytes : ascii('');
}

/** The same, with the reason of a failure; EAGAIN when `until` came first, EINTR when a queued signal did. */
export function* tryRead(
  fd: number,
  length = 65536,
  until: Micros | null = null,
): Run<ByteString | Failure> {
  const answer = yield { ask: 'read', fd, length, until };
  if (is(answer, 'failed')) return { errno: answer.errno };
  assert(is(answer, 'bytes'), 'read');
  return answer.bytes;
}

/** Everything up to the end. */
export function* readAll(fd: number): Run<ByteString> {
  const parts: ByteString[] = [];
  for (;;) {
    const bytes = yield* read(fd);
    if (bytes === '') return ascii(parts.join(''));
    parts.push(bytes);
  }
}

/** Writes all of it, waiting where a pipe is full; undefined, or why it failed. A closed pipe sends SIGPIPE. */
export function* write(fd: number, bytes: ByteString): Run<StreamErrno | undefined> {
  for (let left = bytes; left !== '';) {
    const answer = yield { ask: 'write', fd, bytes: left };
    if (is(answer, 'failed')) return answer.errno;
    assert(is(answer, 'number'), 'write');
    left = sliceBytes(left, answer.value);
  }
  return undefined;
}

/** Text of our own, ASCII. */
export function* print(text: string): Run<StreamErrno | undefined> {
  return yield* write(1, ascii(text));
}

/** A message for stderr, with its newline. */
export function* complain(text: string): Run<undefined> {
  yield* write(2, ascii(`${text}\n`));
  return undefined;
}

export function* close(fd: number): Run<undefined> {
  yield { ask: 'close', fd };
  return undefined;
}

/** dup2(2). False: `from` is not open. */
export function* dup(from: number, to: number): Run<boolean> {
  return (yield { ask: 'dup', from, to }).answer !== 'failed';
}

/** lseek(2) from the start; false where that cannot be. */
export function* seek(fd: number, position: number): Run<boolean> {
  return (yield { ask: 'seek', fd, position }).answer !== 'failed';
}

export function* pipe(): Run<{ readonly read: number; readonly write: number }> {
  return yield* asking({ ask: 'pipe' }, 'pipe');
}

/** fork(2) and execve(2) in one. */
export function* spawn(request: SpawnRequest): Run<Pid> {
  return (yield* asking({ ask: 'spawn', request }, 'number')).value;
}

/** waitpid(2). Null: there is no such child, none has ended yet (`look`), or a queued signal came (`block`). */
export function* waitFor(pid: Pid | 'any', how: 'block' | 'look' = 'block'): Run<Exit | null> {
  return (yield* asking({ ask: 'wait', pid, how }, 'exit')).exit;
}

/** kill(2); a negative pid names a group, a null signal only looks. */
export function* kill(pid: Pid, signal: SignalName | null): Run<StreamErrno | undefined> {
  const answer = yield { ask: 'kill', pid, signal };
  return is(answer, 'failed') ? answer.errno : undefined;
}

/**
 * `ignore` is inherited by children, `ignore-here` is not. `queue`: the signal ends what the process waits for, and stands in `takeSignals`.
 */
export function* handle(signal: SignalName, how: SignalHandling): Run<undefined> {
  yield { ask: 'handle', signal, how };
  return undefined;
}

export function* takeSignals(): Run<readonly SignalName[]> {
  return (yield* asking({ ask: 'signals' }, 'signals')).signals;
}

/** Virtual time passes. A queued signal ends it early. */
export function* sleep(micros: Micros): Run<undefined> {
  yield { ask: 'sleep', micros };
  return undefined;
}

/** The processor is busy: what takes long says so, and can be interrupted there. */
export function* work(micros: Micros): Run<undefined> {
  yield { ask: 'work', micros };
  return undefined;
}

/** What a program does with so many bytes, at so many bytes a microsecond. */
export function* workThrough(bytes: number, perMicro: number): Run<undefined> {
  return yield* work(Math.ceil(bytes / perMicro));
}

/** The machine's wall clock. */
export function* now(): Run<Micros> {
  return (yield* asking({ ask: 'now' }, 'number')).value;
}

export function* processes(): Run<readonly ProcessRow[]> {
  return (yield* asking({ ask: 'processes' }, 'processes')).rows;
}

export function* workingDirectory(): Run<ByteString> {
  return (yield* asking({ ask: 'cwd' }, 'bytes')).bytes;
}

/** The size of the terminal behind a descriptor; null where it is none. */
export function* terminalOf(fd: number): Run<TerminalSize | null> {
  return (yield* asking({ ask: 'terminal', fd }, 'terminal')).size;
}

/** How the terminal gives its input, until the process ends. */
export function* terminalMode(mode: TerminalMode['mode']): Run<undefined> {
  yield { ask: 'terminal-mode', mode };
  return undefined;
}

/** tcsetpgrp(3): which group the terminal's Ctrl-C is for; null: the asking process's own. */
export function* foreground(group: number | null): Run<undefined> {
  yield { ask: 'foreground', group };
  return undefined;
}

/**
 * The next line from the terminal's line editor, which shows `text`. EINTR: Ctrl-C; empty: Ctrl-D. `standing`: what the
 * process goes on with from here, if it is nothing else; then it can be copied as it stands.
 */
export function* promptLine(
  text: ByteString,
  status: number,
  standing: AtPrompt | null = null,
): Run<ByteString | Failure> {
  const answer = yield { ask: 'prompt', text, status, standing };
  if (is(answer, 'failed')) return { errno: answer.errno };
  assert(is(answer, 'bytes'), 'prompt');
  return answer.bytes;
}

/** A connection to a redis-server of the machine or of a container that publishes its port. */
export function* connect(host: ByteString, port: number): Run<number | Failure> {
  const answer = yield { ask: 'connect', host, port };
  if (is(answer, 'failed')) return { errno: answer.errno };
  assert(is(answer, 'number'), 'connect');
  return answer.value;
}

export function* send(socket: number, argv: readonly ByteString[]): Run<undefined> {
  yield { ask: 'send', socket, argv };
  return undefined;
}

/** The next reply or push; `late` when `until` came first. */
export function* receive(
  socket: number,
  until: Micros | null = null,
): Run<Reply | 'closed' | 'late' | 'interrupted'> {
  return (yield* asking({ ask: 'receive', socket, until }, 'reply')).reply;
}

export function* hangUp(socket: number): Run<undefined> {
  yield { ask: 'hang-up', socket };
  return undefined;
}

/** For programs that are more than a process; see MachineDoor. */
export function* machine(act: (machine: MachineDoor) => MachineAnswer): Run<MachineAnswer> {
  return (yield* asking({ ask: 'machine', act }, 'machine')).value;
}
