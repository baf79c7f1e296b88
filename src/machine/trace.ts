import type { Micros } from '../base/time.ts';
import type {
  Caller,
  Completion,
  OpenMode,
  Pid,
  Syscall,
  SyscallName,
  SyscallResult,
} from './syscall.ts';

/** The last finished system calls of a machine, in a ring. */
export interface TraceState {
  readonly capacity: number;
  readonly entries: TraceEntry[];
  /** Where the next entry goes once the ring is full. */
  next: number;
  /** Entries ever recorded: the last one's number. */
  total: number;
}

export interface TraceEntry {
  readonly number: number;
  readonly at: Micros;
  readonly endsAt: Micros;
  readonly pid: Pid;
  readonly thread: string;
  readonly call: SyscallName;
  /** The path or descriptor that the call names, a second path, a number (length, size, mode) and first bytes. */
  readonly subject: string | number;
  readonly to?: string;
  readonly amount?: number;
  readonly offset?: number;
  /** Of sync_file_range: until it has arrived. */
  readonly waits?: boolean;
  readonly openMode?: OpenMode;
  readonly head?: Uint8Array;
  readonly result: TraceResult;
}

export type TraceResult =
  | Extract<SyscallResult, { ok: false }>
  | { readonly ok: true; readonly value: number; readonly size?: number };

/** How many bytes of a buffer the trace keeps: as many as strace shows. */
const HEAD_BYTES = 32;

export function recordCall(
  trace: TraceState,
  caller: Caller,
  call: Syscall,
  at: Micros,
  completion: Completion,
): void {
  if (trace.capacity <= 0) return;
  const { result, endsAt } = completion;
  const entry: TraceEntry = {
    number: ++trace.total,
    at,
    endsAt,
    pid: caller.pid,
    thread: caller.thread,
    call: call.call,
    ...argumentsOf(call),
    ...headOf(call, result),
    result: shortResult(result),
  };
  if (trace.entries.length < trace.capacity) {
    trace.entries.push(entry);
    return;
  }
  trace.entries[trace.next] = entry;
  trace.next = (trace.next + 1) % trace.capacity;
}

/** Oldest first. */
export function tracedCalls(trace: TraceState): TraceEntry[] {
  return [...trace.entries.slice(trace.next), ...trace.entries.slice(0, trace.next)];
}

type CallArguments = Pick<
  TraceEntry,
  'subject' | 'to' | 'amount' | 'offset' | 'waits' | 'openMode'
>;

function argumentsOf(call: Syscall): CallArguments {
  switch (call.call) {
    case 'open':
      return { subject: call.path, openMode: call.mode };
    case 'read':
      return { subject: call.fd, amount: call.length };
    case 'write':
      return { subject: call.fd, amount: call.bytes.length };
    case 'ftruncate':
      return { subject: call.fd, amount: call.size };
    case 'sync_file_range':
      return {
        subject: call.fd,
        amount: call.length,
        offset: call.offset,
        ...(call.wait === 'yes' && { waits: true }),
      };
    case 'close':
    case 'fsync':
    case 'fdatasync':
    case 'fstat':
      return { subject: call.fd };
    case 'rename':
    case 'link':
      return { subject: call.from, to: call.to };
    case 'mkdir':
    case 'chmod':
      return { subject: call.path, amount: call.mode };
    case 'stat':
    case 'unlink':
    case 'rmdir':
    case 'readdir':
    case 'statfs':
    case 'chdir':
      return { subject: call.path };
    case 'fork':
      return { subject: call.child };
  }
}

function headOf(call: Syscall, result: SyscallResult): Pick<TraceEntry, 'head'> {
  if (call.call === 'write') return { head: call.bytes.slice(0, HEAD_BYTES) };
  if (call.call === 'read' && result.ok && result.bytes !== undefined)
    return { head: result.bytes.slice(0, HEAD_BYTES) };
  return {};
}

function shortResult(result: SyscallResult): TraceResult {
  if (!result.ok) return result;
  return result.stat === undefined
    ? { ok: true, value: result.value }
    : { ok: true, value: result.value, size: result.stat.size };
}
