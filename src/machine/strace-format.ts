import type { Micros } from '../base/time.ts';
import { errnoText, type OpenMode } from './syscall.ts';
import type { TraceEntry } from './trace.ts';

/**
 * One line of `strace -f -T -ttt`, with the call's time since `epoch`:
 *
 *     [pid 12 bio_aof] 3.000210 fdatasync(7) = 0 <0.004012>
 */
export function formatTraceEntry(entry: TraceEntry, epoch: Micros): string {
  return `[pid ${entry.pid} ${entry.thread}] ${seconds(entry.at - epoch)} ${formatCall(entry)} <${seconds(entry.endsAt - entry.at)}>`;
}

/** `write(7, "*1\r\n$4\r\nPING\r\n", 14) = 14`, without its time. */
export function formatCall(entry: TraceEntry): string {
  return `${callText(entry)} = ${resultText(entry)}`;
}

const openFlags: Readonly<Record<OpenMode, string>> = {
  read: 'O_RDONLY',
  write: 'O_RDWR',
  append: 'O_WRONLY|O_CREAT|O_APPEND, 0644',
  truncate: 'O_WRONLY|O_CREAT|O_TRUNC, 0644',
  directory: 'O_RDONLY',
};

const WAIT_FLAGS = 'SYNC_FILE_RANGE_WAIT_BEFORE|SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER';

function callText(entry: TraceEntry): string {
  const { call, subject, amount = 0 } = entry;
  const name = typeof subject === 'string' ? quoteText(subject) : String(subject);
  switch (call) {
    case 'open':
      return `openat(AT_FDCWD, ${name}, ${entry.openMode === undefined ? '' : openFlags[entry.openMode]})`;
    case 'read':
    case 'write':
      return `${call}(${name}, ${bufferText(entry)}, ${amount})`;
    case 'ftruncate':
      return `ftruncate(${name}, ${amount})`;
    case 'sync_file_range': {
      const flags = entry.waits === true ? WAIT_FLAGS : 'SYNC_FILE_RANGE_WRITE';
      return `sync_file_range(${name}, ${entry.offset ?? 0}, ${amount}, ${flags})`;
    }
    case 'fstat':
    case 'stat':
      return `${call}(${name}, ${entry.result.ok ? `{st_size=${entry.result.size ?? 0}, ...}` : '{...}'})`;
    case 'rename':
    case 'link':
      return `${call}(${name}, ${quoteText(entry.to ?? '')})`;
    case 'mkdir':
    case 'chmod':
      return `${call}(${name}, 0${amount.toString(8)})`;
    case 'fork':
      return 'fork()';
    case 'close':
    case 'fsync':
    case 'fdatasync':
    case 'unlink':
    case 'rmdir':
    case 'readdir':
    case 'statfs':
    case 'chdir':
      return `${call}(${name})`;
  }
}

function resultText({ result }: TraceEntry): string {
  return result.ok ? String(result.value) : `-1 ${result.errno} (${errnoText[result.errno]})`;
}

/** The first bytes, with dots if there were more. */
function bufferText({ head, amount = 0, call, result }: TraceEntry): string {
  if (head === undefined) return '""';
  const length = call === 'read' && result.ok ? result.value : amount;
  return `${quoteBytes(head)}${length > head.length ? '...' : ''}`;
}

/** As strace prints a buffer: C escapes, octal for what can't be printed. */
function quoteBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += quoteByte(bytes[i]!, bytes[i + 1] ?? 0);
  return `"${text}"`;
}

const escapes: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/** An octal escape has three digits where another digit follows. */
function quoteByte(byte: number, following: number): string {
  const escape = escapes.get(byte);
  if (escape !== undefined) return escape;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  const isDigitNext = following >= 0x30 && following <= 0x37;
  return `\\${isDigitNext ? byte.toString(8).padStart(3, '0') : byte.toString(8)}`;
}

/** Paths are text, so that only what would break the line is escaped. */
function quoteText(text: string): string {
  let quoted = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    quoted +=
      code < 0x20 || code === 0x22 || code === 0x5c || code === 0x7f ? quoteByte(code, 0) : char;
  }
  return `"${quoted}"`;
}

function seconds(micros: Micros): string {
  const whole = Math.floor(micros / 1_000_000);
  return `${whole}.${String(micros - whole * 1_000_000).padStart(6, '0')}`;
}
