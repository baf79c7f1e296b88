/** `strace -p PID`: the system calls of a process as they happen, from now on. */
import { ascii } from '../../base/bytes.ts';
import { microsWithinSecond, secondsOfMicros, type Micros } from '../../base/time.ts';
import { formatCall } from '../../machine/strace-format.ts';
import type { Pid } from '../../machine/syscall.ts';
import type { TraceEntry } from '../../machine/trace.ts';
import {
  complain,
  handle,
  machine,
  now,
  open,
  processes,
  sleep,
  takeSignals,
  write,
  type ProcessRow,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { formatTime } from './date.ts';
import { readOptions, type Options } from './options.ts';

const LOOK_EVERY: Micros = 20_000;
const USAGE =
  'strace: must have PROG [ARGS] or -p PID\nHere only -p is there: strace -f -T -p $(pidof redis-server)';

export function* strace({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'cfFqrTtvxyY', values: 'eopsS' });
  if (typeof options === 'number') return 1;
  const clock = Math.max(
    0,
    ...argv.map((word) => (/^-[a-zA-Z]+$/.test(word) ? (/t+/.exec(word)?.[0].length ?? 0) : 0)),
  );
  const pids = (options.values.get('p') ?? '')
    .concat(` ${options.words.join(' ')}`)
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (!options.values.has('p') || pids.some((word) => !/^\d+$/.test(word))) {
    yield* complain(USAGE);
    return 1;
  }
  const output = options.values.get('o');
  const fd = output === undefined ? 2 : yield* open(output, 'truncate');
  if (typeof fd === 'object') {
    yield* complain(`strace: Can't fopen '${output ?? ''}': No such file or directory`);
    return 1;
  }
  const rows = yield* processes();
  const traced = new Set<Pid>();
  for (const pid of pids.map(Number)) {
    const row = rows.find((one) => one.pid === pid);
    if (row === undefined) {
      yield* complain(`strace: attach: ptrace(PTRACE_SEIZE, ${pid}): No such process`);
      continue;
    }
    traced.add(pid);
    yield* complain(`strace: Process ${pid} attached`);
    if (row.program === 'redis-server' && !options.flags.has('f'))
      yield* complain('strace: its background threads, which fsync, are shown with -f');
  }
  return traced.size === 0 ? 1 : yield* follow(options, clock, traced, fd);
}

function* follow(options: Options, clock: number, attached: ReadonlySet<Pid>, fd: number): Run {
  const { flags } = options;
  const wanted = callsWanted(options);
  const traced = new Set(attached);
  const counted: TraceEntry[] = [];
  yield* handle('INT', 'queue');
  let seen = Number(yield* machine((door) => door.tracedCalls()));
  const style: Style = {
    follow: flags.has('f'),
    clock,
    took: flags.has('T'),
    ahead: (yield* now()) - Number(yield* machine((door) => door.instant)),
  };
  let signalled = false;
  let left = attached.size;
  while (!signalled && left > 0) {
    yield* sleep(LOOK_EVERY);
    const rows = yield* processes();
    if (flags.has('f')) for (const row of rows) if (traced.has(row.parent)) traced.add(row.pid);
    const found: TraceEntry[] = [];
    seen = Number(
      yield* machine((door) => {
        found.push(...door.traceSince(seen, traced));
        return door.tracedCalls();
      }),
    );
    const shown = found
      .filter(({ thread }) => flags.has('f') || thread === 'main')
      .map((entry) => ({ entry, call: formatCall(entry) }))
      .filter(({ call }) => wanted === null || wanted.has(call.slice(0, call.indexOf('('))));
    if (flags.has('c')) counted.push(...shown.map(({ entry }) => entry));
    else if (shown.length > 0)
      yield* write(fd, ascii(shown.map(({ entry, call }) => lineOf(style, entry, call)).join('')));
    left = [...attached].filter((pid) => lives(rows, pid)).length;
    if ((yield* takeSignals()).length > 0) signalled = true;
  }
  for (const pid of attached)
    if (signalled) yield* complain(`strace: Process ${pid} detached`);
    else if (!flags.has('q')) yield* write(fd, ascii('+++ exited +++\n'));
  if (flags.has('c')) yield* write(fd, ascii(summary(counted)));
  return signalled ? 130 : 0;
}

function lives(rows: readonly ProcessRow[], pid: Pid): boolean {
  return rows.some((row) => row.pid === pid && row.state !== 'Z');
}

/** `-e trace=write,fdatasync`, or without `trace=`; null: all. */
function callsWanted({ values }: Options): ReadonlySet<string> | null {
  const text = values.get('e');
  if (text === undefined) return null;
  const names = text.replace(/^trace=/, '').split(',');
  return new Set(names.map((name) => (name === 'open' ? 'openat' : name)));
}

interface Style {
  readonly follow: boolean;
  /** `-t`, `-tt`, `-ttt`; 0: no time of day. */
  readonly clock: number;
  readonly took: boolean;
  /** Between the lab's own time and the machine's wall clock. */
  readonly ahead: Micros;
}

function lineOf(style: Style, entry: TraceEntry, call: string): string {
  const thread = entry.thread === 'main' ? '' : `<${entry.thread}>`;
  const who = style.follow ? `[pid ${String(entry.pid).padStart(5)}${thread}] ` : '';
  const time = style.clock > 0 ? `${timeOf(style.clock, entry.at + style.ahead)} ` : '';
  const took = style.took ? ` <${inSeconds(entry.endsAt - entry.at)}>` : '';
  return `${who}${time}${call}${took}\n`;
}

function timeOf(clock: number, at: Micros): string {
  if (clock > 2) return inSeconds(at);
  const fraction = String(microsWithinSecond(at)).padStart(6, '0');
  return `${formatTime('%H:%M:%S', at)}${clock > 1 ? `.${fraction}` : ''}`;
}

function inSeconds(micros: Micros): string {
  return `${secondsOfMicros(micros)}.${String(microsWithinSecond(micros)).padStart(6, '0')}`;
}

/** What `-c` prints at the end: the longest first. */
function summary(entries: readonly TraceEntry[]): string {
  const rows = new Map<string, { micros: Micros; calls: number; errors: number }>();
  for (const entry of entries) {
    const call = formatCall(entry);
    const name = call.slice(0, call.indexOf('('));
    const row = rows.get(name) ?? { micros: 0, calls: 0, errors: 0 };
    rows.set(name, row);
    row.micros += entry.endsAt - entry.at;
    row.calls++;
    if (!entry.result.ok) row.errors++;
  }
  const sorted = [...rows].sort(([, a], [, b]) => b.micros - a.micros || b.calls - a.calls);
  const total = { micros: 0, calls: 0, errors: 0 };
  for (const [, row] of sorted) {
    total.micros += row.micros;
    total.calls += row.calls;
    total.errors += row.errors;
  }
  const line = (name: string, row: typeof total): string => {
    const share = total.micros === 0 ? 0 : (100 * row.micros) / total.micros;
    const each = row.calls === 0 ? 0 : Math.floor(row.micros / row.calls);
    const errors = row.errors === 0 ? '' : String(row.errors);
    return `${share.toFixed(2).padStart(6)} ${inSeconds(row.micros).padStart(11)} ${String(each).padStart(11)} ${String(row.calls).padStart(9)} ${errors.padStart(9)} ${name}\n`;
  };
  const rule = '------ ----------- ----------- --------- --------- ----------------\n';
  return `% time     seconds  usecs/call     calls    errors syscall\n${rule}${sorted
    .map(([name, row]) => line(name, row))
    .join('')}${rule}${line('total', total)}`;
}
