/**
 * The system calls of a server on its files, in order, in one notation: from strace of a real process, or from the
 * trace of the simulated machine. What differs for a reason is left out or renamed here, and each rule has its name.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import type { TraceEntry } from '../../src/machine/trace.ts';

/** The calls of each actor in its order. Actors work side by side, so their calls have no order among each other. */
export interface ActorCalls {
  /** The main thread. */
  readonly main: readonly string[];
  /** Threads in the background: bio_aof and bio_close_file of 7.2, of which 7.0 gives the old incr file to the other. */
  readonly background: readonly string[];
  /** Forked children. */
  readonly child: readonly string[];
}

type Actor = keyof ActorCalls;

/** One call; `subject` is a path below the server's directory, empty for the directory itself. */
interface FileCall {
  readonly actor: Actor;
  readonly call: string;
  readonly subject: string;
  readonly to?: string;
  readonly flags?: string;
  readonly amount?: number;
  readonly failure?: string;
}

const TRACED =
  'openat,open,creat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,truncate,mkdir,mkdirat,close';

const installed = spawnSync('strace', ['-V']).status === 0;

/** Where strace is not installed these tests are reported as not run, but on CI that is a failure. */
export function describeWithStrace(name: string, body: () => void): void {
  if (installed) describe(name, body);
  else if (process.env['CI'])
    test(name, () => {
      throw new Error('strace is not installed on CI');
    });
  else describe.skip(name, body);
}

/** Starts `command` under strace, which writes what it sees to `output`. */
export function spawnTraced(
  command: readonly string[],
  args: readonly string[],
  output: string,
): ReturnType<typeof spawn> {
  const strace = ['-f', '-y', '-qq', '-s', '0', '-e', 'signal=none', '-e', `trace=${TRACED}`];
  return spawn('strace', [...strace, '-o', output, ...command, ...args], { stdio: 'pipe' });
}

/** The process that strace has started, by the first line of its output. */
export function tracedPid(output: string): number {
  return Number(/^\d+/.exec(readFileSync(output, 'latin1'))?.[0]);
}

export function straceCalls(output: string, directory: string): ActorCalls {
  const text = readFileSync(output, 'latin1');
  const main = tracedPid(output);
  const calls: FileCall[] = [];
  const children = new Set<number>();
  for (const { pid, line } of wholeLines(text)) {
    const parsed = parseLine(line, directory);
    if (parsed === undefined) continue;
    // A child of a real server is a process of its own, and its files are named for it.
    if (new RegExp(`^temp-(?:rewriteaof-(?:bg-)?)?${pid}\\.`).test(parsed.subject) && pid !== main)
      children.add(pid);
    calls.push({
      ...parsed,
      actor: pid === main ? 'main' : children.has(pid) ? 'child' : 'background',
    });
  }
  return notation(childOfTheHost(calls, main), main);
}

/** An unfinished call and its end are two lines when another thread's call comes between them. */
function wholeLines(text: string): { readonly pid: number; readonly line: string }[] {
  const lines: { readonly pid: number; line: string }[] = [];
  const open = new Map<number, { readonly pid: number; line: string }>();
  for (const raw of text.split('\n')) {
    const match = /^(\d+) +(.*)$/.exec(raw);
    if (match === null) continue;
    const pid = Number(match[1]);
    const line = match[2]!;
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(line);
    if (resumed !== null) {
      const begun = open.get(pid);
      if (begun !== undefined) begun.line += resumed[1]!;
      open.delete(pid);
      continue;
    }
    const entry = { pid, line: line.replace(/ <unfinished \.\.\.>$/, '') };
    if (line.endsWith('<unfinished ...>')) open.set(pid, entry);
    lines.push(entry);
  }
  return lines;
}

function parseLine(line: string, directory: string): Omit<FileCall, 'actor'> | undefined {
  const match = /^(\w+)\((.*)\) += (-?\d+|\?)(?: (E\w+))?/.exec(line);
  if (match === null) return undefined;
  const [, name, args = '', , failure] = match;
  const call = name!.replace(/at2?$/, '').replace('pwrite64', 'write');
  const failed = failure === undefined ? {} : { failure };
  const below = (path: string): string | undefined => {
    if (!path.startsWith('/')) return path === '.' ? '' : path;
    if (path === directory) return '';
    return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
  };
  const quoted = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!);
  if (['write', 'fsync', 'fdatasync', 'ftruncate', 'close'].includes(call)) {
    const path = /^\d+<(.*?)>(?:\(deleted\))?(?:,|$)/.exec(args)?.[1];
    const subject = path === undefined ? undefined : below(path);
    if (subject === undefined || !path!.startsWith('/')) return undefined;
    const amount =
      call === 'write' || call === 'ftruncate' ? Number(/, (\d+)$/.exec(args)?.[1]) : 0;
    return { call, subject, amount, ...failed };
  }
  const subject = below(quoted[0] ?? '/');
  if (subject === undefined) return undefined;
  const to = call === 'rename' ? { to: below(quoted[1] ?? '') ?? '?' } : {};
  const flags = call === 'open' ? { flags: /O_\w+(?:\|O_\w+)*/.exec(args)?.[0] ?? '' } : {};
  const amount = call === 'truncate' ? { amount: Number(/, (\d+)$/.exec(args)?.[1]) } : {};
  return { call, subject, ...to, ...flags, ...amount, ...failed };
}

/**
 * Named exception of the Node host: its child is a job of the same process, so what is done to a child's files is the
 * child's, and so is what is done to the directory after a child's rename.
 */
function childOfTheHost(calls: readonly FileCall[], main: number): readonly FileCall[] {
  let renamed: Actor = 'main';
  return calls.map((call) => {
    const pid = /^temp-(?:rewriteaof-(?:bg-)?)?(\d+)\./.exec(call.subject)?.[1];
    const ofChild = pid !== undefined && Number(pid) !== main;
    const cleansUp = call.call === 'unlink' || (call.call === 'rename' && !isChildsRename(call));
    if (call.call === 'rename') renamed = isChildsRename(call) && ofChild ? 'child' : 'main';
    if (ofChild && !cleansUp && call.failure === undefined) return { ...call, actor: 'child' };
    if (call.subject === '' && renamed === 'child') return { ...call, actor: 'child' };
    return call;
  });
}

/** The parent installs a finished base; everything else is renamed by who wrote it. */
function isChildsRename({ to = '' }: FileCall): boolean {
  return !to.startsWith('appendonlydir/');
}

/** The calls that the simulated machine has traced since its start. */
export function simulatedCalls(entries: readonly TraceEntry[], directory: string): ActorCalls {
  const main = entries[0]!.pid;
  const names = new Map<string, string>();
  const below = (path: string): string => {
    const absolute = path.startsWith('/') ? path : `${directory}/${path}`;
    return absolute === `${directory}/.` ? '' : absolute.slice(directory.length + 1);
  };
  const calls: FileCall[] = [];
  for (const entry of entries) {
    const { pid, thread, call, result } = entry;
    const actor: Actor = pid !== main ? 'child' : thread === 'main' ? 'main' : 'background';
    const failed = result.ok ? {} : { failure: result.errno };
    const owner = pid === main ? 'main' : String(pid);
    const subject =
      typeof entry.subject === 'string'
        ? below(entry.subject)
        : (names.get(`${owner} ${entry.subject}`) ?? '?');
    if (call === 'open' && result.ok) names.set(`${owner} ${result.value}`, subject);
    const to = entry.to === undefined ? {} : { to: below(entry.to) };
    if (call === 'rename' && result.ok)
      for (const [fd, name] of names) if (name === subject) names.set(fd, below(entry.to!));
    const flags = entry.openMode === undefined ? {} : { flags: FLAGS[entry.openMode] };
    const amount = entry.amount === undefined ? {} : { amount: entry.amount };
    calls.push({ actor, call, subject, ...to, ...flags, ...amount, ...failed });
  }
  return notation(calls, main);
}

const FLAGS = {
  read: 'O_RDONLY',
  write: 'O_RDWR',
  append: 'O_WRONLY|O_CREAT|O_APPEND',
  truncate: 'O_WRONLY|O_CREAT|O_TRUNC',
  directory: 'O_RDONLY',
} as const;

/** One line a call, after the normalisations. */
function notation(calls: readonly FileCall[], main: number): ActorCalls {
  const lines: Record<Actor, string[]> = { main: [], background: [], child: [] };
  for (const actor of ['main', 'background', 'child'] as const) {
    const own = calls.filter((call) => call.actor === actor);
    for (const call of truncations(withoutReads(own))) lines[actor].push(text(call, main));
  }
  return lines;
}

const COMPARED = new Set([
  ...['open', 'write', 'fsync', 'fdatasync', 'ftruncate', 'truncate', 'close'],
  ...['rename', 'unlink', 'mkdir'],
]);

/** "Reads": files that are only read are not compared, whole files or pieces, but what makes names and bytes durable. */
function withoutReads(own: readonly FileCall[]): readonly FileCall[] {
  const kept: FileCall[] = [];
  const read = new Map<string, number>();
  for (const [i, call] of own.entries()) {
    if (!COMPARED.has(call.call)) continue;
    if (call.call === 'open' && call.flags!.startsWith('O_RDONLY')) {
      const next = own.slice(i + 1).find(({ call: name }) => COMPARED.has(name));
      const used =
        next?.subject === call.subject && ['fsync', 'fdatasync', 'unlink'].includes(next.call);
      if (!used) {
        if (call.failure === undefined) read.set(call.subject, (read.get(call.subject) ?? 0) + 1);
        continue;
      }
    }
    const reads = read.get(call.subject) ?? 0;
    if (call.call === 'close' && reads > 0) {
      read.set(call.subject, reads - 1);
      continue;
    }
    kept.push(call);
  }
  return kept;
}

/** "Truncation by path": 7.2 cuts a torn tail by truncate(2); ours opens the file, cuts it, and closes it. */
function truncations(calls: readonly FileCall[]): readonly FileCall[] {
  const merged: FileCall[] = [];
  for (let i = 0; i < calls.length; i++) {
    const [open, cut, close] = calls.slice(i, i + 3);
    if (
      open?.call === 'open' &&
      open.flags!.startsWith('O_RDWR') &&
      cut?.call === 'ftruncate' &&
      close?.call === 'close'
    ) {
      merged.push({ ...cut, call: 'truncate' });
      i += 2;
    } else merged.push(calls[i]!);
  }
  return merged;
}

function text({ call, subject, to, flags, amount, failure }: FileCall, main: number): string {
  const words: string[] = [call, named(subject, main)];
  if (to !== undefined) words.push(named(to, main));
  if (flags !== undefined) words.push(flagNames(flags));
  // "Sizes of snapshots": they hold the version and the instant.
  if (
    amount !== undefined &&
    (call === 'write' || call === 'truncate') &&
    !/\.rdb$|^temp-rewrite/.test(subject)
  )
    words.push(String(amount));
  if (failure !== undefined) words.push(failure);
  return words.join(' ');
}

/** "Process numbers": a temporary file is named for the process that writes it. */
function named(path: string, main: number): string {
  return (path === '' ? '.' : path).replace(
    /^(temp-(?:rewriteaof-(?:bg-)?)?)(\d+)/,
    (_, prefix: string, pid: string) => `${prefix}${Number(pid) === main ? 'MAIN' : 'CHILD'}`,
  );
}

/** "Flags of the C library and of Node": what does not change what is done to a file. */
function flagNames(flags: string): string {
  return flags
    .split('|')
    .filter((flag) => !['O_CLOEXEC', 'O_NONBLOCK', 'O_LARGEFILE', 'O_DIRECTORY'].includes(flag))
    .sort()
    .join('|');
}
