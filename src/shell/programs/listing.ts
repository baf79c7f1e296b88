/** Programs that show names: ls, find, stat, du, df, tree of none. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { civilTime, secondsOfMicros, type Micros } from '../../base/time.ts';
import type { FileStat } from '../../machine/syscall.ts';
import {
  call,
  complain,
  machine,
  now,
  reasonOf,
  terminalOf,
  write,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { joinPath } from './input.ts';
import { readOptions } from './options.ts';
import { find } from './find.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(n: number): string {
  return String(n).padStart(2, '0');
}

export function modeText({ kind, mode }: Pick<FileStat, 'kind' | 'mode'>): string {
  const bits = (shift: number): string =>
    `${(mode >> shift) & 4 ? 'r' : '-'}${(mode >> shift) & 2 ? 'w' : '-'}${(mode >> shift) & 1 ? 'x' : '-'}`;
  return `${kind === 'directory' ? 'd' : '-'}${bits(6)}${bits(3)}${bits(0)}`;
}

export function humanSize(size: number): string {
  if (size < 1024) return String(size);
  let value = size;
  let unit = -1;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit++;
  }
  const rounded = value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${rounded}${'KMGTP'.charAt(unit)}`;
}

interface Entry {
  readonly name: string;
  readonly stat: FileStat;
}

function timeText(at: Micros, today: Micros): string {
  const time = civilTime(secondsOfMicros(at));
  const recent = today - at < 15_778_476e6 && at <= today;
  const clock = recent ? `${two(time.hour)}:${two(time.minute)}` : ` ${time.year}`;
  return `${MONTHS[time.month - 1] ?? ''} ${String(time.day).padStart(2)} ${clock}`;
}

function* ls({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'alhAt1rSdiRFnGogps',
    long: {
      all: 'a',
      'almost-all': 'A',
      'human-readable': 'h',
      reverse: 'r',
      recursive: 'R',
      directory: 'd',
      'color=': 'C',
      'full-time': 'l',
      size: 's',
      'time-style=': 'T',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, words } = options;
  const files: Entry[] = [];
  const folders: Entry[] = [];
  let status = 0;
  for (const path of words.length === 0 ? [ascii('.')] : words) {
    const found = yield* call({ call: 'stat', path });
    if (!found.ok || found.stat === undefined) {
      yield* complain(`ls: cannot access '${path}': ${found.ok ? '' : reasonOf(found.errno)}`);
      status = 2;
    } else
      (found.stat.kind === 'directory' && !flags.has('d') ? folders : files).push({
        name: path,
        stat: found.stat,
      });
  }
  const terminal = yield* terminalOf(1);
  const layout: Layout = {
    flags,
    today: yield* now(),
    columns: terminal === null || flags.has('1') ? 0 : terminal.columns,
  };
  yield* show(sorted(files, flags), layout, 'files');
  let first = files.length === 0;
  const queue = sorted(folders, flags);
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    if (words.length > 1 || flags.has('R'))
      yield* write(1, ascii(`${first ? '' : '\n'}${folder.name}:\n`));
    first = false;
    const listed = yield* call({ call: 'readdir', path: folder.name });
    if (!listed.ok) {
      yield* complain(`ls: cannot open directory '${folder.name}': ${reasonOf(listed.errno)}`);
      status = 2;
      continue;
    }
    const names = [...(listed.names ?? [])].filter(
      (name) => flags.has('a') || flags.has('A') || !name.startsWith('.'),
    );
    if (flags.has('a')) names.unshift('.', '..');
    const entries: Entry[] = [];
    for (const name of names) {
      const one = yield* call({ call: 'stat', path: joinPath(folder.name, name) });
      if (one.ok && one.stat !== undefined) entries.push({ name, stat: one.stat });
    }
    const inOrder = sorted(entries, flags);
    yield* show(inOrder, layout, 'folder');
    if (flags.has('R'))
      queue.unshift(
        ...inOrder
          .filter(({ name, stat }) => stat.kind === 'directory' && name !== '.' && name !== '..')
          .map(({ name, stat }) => ({ name: joinPath(folder?.name ?? '', name), stat })),
      );
  }
  return status;
}

interface Layout {
  readonly flags: ReadonlySet<string>;
  readonly today: Micros;
  /** 0: one name a line. */
  readonly columns: number;
}

function sorted(entries: readonly Entry[], flags: ReadonlySet<string>): Entry[] {
  const list = [...entries].sort((a, b) => {
    if (flags.has('t') && a.stat.modifiedAt !== b.stat.modifiedAt)
      return b.stat.modifiedAt - a.stat.modifiedAt;
    if (flags.has('S') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
  return flags.has('r') ? list.reverse() : list;
}

function blocks(stat: FileStat): number {
  return Math.ceil(stat.size / 4096) * 4;
}

function* show(
  entries: readonly Entry[],
  { flags, today, columns }: Layout,
  what: 'files' | 'folder',
): Run<undefined> {
  const name = ({ name: text, stat }: Entry): string =>
    `${flags.has('i') ? `${stat.inode} ` : ''}${text}${stat.kind === 'directory' && (flags.has('F') || flags.has('p')) ? '/' : flags.has('F') && (stat.mode & 0o111) !== 0 ? '*' : ''}`;
  if (flags.has('l') || flags.has('n') || flags.has('o') || flags.has('g')) {
    if (what === 'folder') {
      const total = entries.reduce((sum, { stat }) => sum + blocks(stat), 0);
      yield* write(1, ascii(`total ${flags.has('h') ? humanSize(total * 1024) : total}\n`));
    }
    const sizes = entries.map(({ stat }) =>
      flags.has('h') ? humanSize(stat.size) : String(stat.size),
    );
    const width = Math.max(0, ...sizes.map((text) => text.length));
    for (const [i, entry] of entries.entries()) {
      const { stat } = entry;
      const owner = flags.has('n') ? '0 0' : 'root root';
      yield* write(
        1,
        ascii(
          `${modeText(stat)} ${stat.kind === 'directory' ? 2 : 1} ${owner} ${(sizes[i] ?? '').padStart(width)} ${timeText(stat.modifiedAt, today)} ${name(entry)}\n`,
        ),
      );
    }
    return undefined;
  }
  const names = entries.map(
    (entry) => `${flags.has('s') ? `${blocks(entry.stat)} ` : ''}${name(entry)}`,
  );
  yield* write(
    1,
    ascii(columns === 0 ? names.map((one) => `${one}\n`).join('') : inColumns(names, columns)),
  );
  return undefined;
}

function inColumns(names: readonly string[], columns: number): string {
  for (let rows = 1; rows <= names.length; rows++) {
    const groups: string[][] = [];
    for (let i = 0; i < names.length; i += rows) groups.push(names.slice(i, i + rows));
    const widths = groups.map((group) => Math.max(...group.map(({ length }) => length)));
    if (rows < names.length && widths.reduce((sum, width) => sum + width + 2, -2) > columns)
      continue;
    let out = '';
    for (let row = 0; row < rows; row++)
      out += `${groups
        .map((group, i) =>
          (group[row] ?? '').padEnd(
            i === groups.length - 1 || groups[i + 1]?.[row] === undefined ? 0 : (widths[i] ?? 0),
          ),
        )
        .filter((_, i) => groups[i]?.[row] !== undefined)
        .join('  ')}\n`;
    return out;
  }
  return '';
}

// --- stat, du, df ---

function dateText(at: Micros): string {
  const { year, month, day, hour, minute, second } = civilTime(secondsOfMicros(at));
  const nanos = String((at - secondsOfMicros(at) * 1e6) * 1000).padStart(9, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${nanos} +0000`;
}

function* stat({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'Lt',
    values: 'c',
    long: { 'format=': 'c', 'printf=': 'p' },
  });
  if (typeof options === 'number') return options;
  const format = options.values.get('c') ?? options.values.get('p');
  let status = 0;
  if (options.words.length === 0) {
    yield* complain("stat: missing operand\nTry 'stat --help' for more information.");
    return 1;
  }
  for (const path of options.words) {
    const found = yield* call({ call: 'stat', path });
    if (!found.ok || found.stat === undefined) {
      yield* complain(`stat: cannot statx '${path}': ${found.ok ? '' : reasonOf(found.errno)}`);
      status = 1;
      continue;
    }
    const { size, mode, modifiedAt, inode, kind } = found.stat;
    const what =
      kind === 'directory' ? 'directory' : size === 0 ? 'regular empty file' : 'regular file';
    const octal = mode.toString(8);
    const values: Readonly<Record<string, string>> = {
      n: path,
      N: `'${path}'`,
      s: String(size),
      a: octal,
      A: modeText(found.stat),
      i: String(inode),
      F: what,
      y: dateText(modifiedAt),
      Y: String(secondsOfMicros(modifiedAt)),
      U: 'root',
      G: 'root',
      u: '0',
      g: '0',
      h: kind === 'directory' ? '2' : '1',
      b: String(blocks(found.stat) * 2),
      B: '512',
      o: '4096',
      '%': '%',
    };
    const text =
      format === undefined
        ? `  File: ${path}\n  Size: ${String(size).padEnd(10)}\tBlocks: ${String(blocks(found.stat) * 2).padEnd(10)} IO Block: 4096   ${what}\nDevice: 8,1\tInode: ${String(inode).padEnd(11)} Links: ${kind === 'directory' ? 2 : 1}\nAccess: (0${octal}/${modeText(found.stat)})  Uid: (    0/    root)   Gid: (    0/    root)\nModify: ${dateText(modifiedAt)}\n`
        : `${format.replace(/%(.)/g, (all, letter: string) => values[letter] ?? all)}${options.values.has('p') ? '' : '\n'}`;
    yield* write(
      1,
      ascii(options.values.has('p') ? text.replace(/\\n/g, '\n').replace(/\\t/g, '\t') : text),
    );
  }
  return status;
}

function* du({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'shabckm',
    values: 'd',
    long: {
      'human-readable': 'h',
      summarize: 's',
      all: 'a',
      bytes: 'b',
      total: 'c',
      'apparent-size': 'A',
      'max-depth=': 'd',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const apparent = flags.has('b') || flags.has('A');
  const depthLimit = flags.has('s') ? 0 : Number(values.get('d') ?? Infinity);
  let status = 0;
  let total = 0;
  const shown = (bytes: number): string =>
    flags.has('b')
      ? String(bytes)
      : flags.has('h')
        ? humanSize(bytes)
        : String(Math.ceil(bytes / (flags.has('m') ? 1048576 : 1024)));
  const walk = function* (path: ByteString, depth: number): Run {
    const one = yield* call({ call: 'stat', path });
    if (!one.ok || one.stat === undefined) {
      yield* complain(`du: cannot access '${path}': ${one.ok ? '' : reasonOf(one.errno)}`);
      status = 1;
      return 0;
    }
    let sum = apparent ? one.stat.size : blocks(one.stat) * 1024;
    if (one.stat.kind === 'directory') {
      const listed = yield* call({ call: 'readdir', path });
      for (const name of listed.ok ? [...(listed.names ?? [])].sort() : [])
        sum += yield* walk(joinPath(path, name), depth + 1);
    }
    if (depth === 0 || (depth <= depthLimit && (one.stat.kind === 'directory' || flags.has('a'))))
      yield* write(1, ascii(`${shown(sum)}\t${path}\n`));
    return sum;
  };
  for (const path of words.length === 0 ? [ascii('.')] : words) total += yield* walk(path, 0);
  if (flags.has('c')) yield* write(1, ascii(`${shown(total)}\ttotal\n`));
  return status;
}

/** The capacity is the disk's; the control side of the machine knows it. */
function* df({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'hTkmiaP', long: { 'human-readable': 'h' } });
  if (typeof options === 'number') return options;
  const free = yield* call({ call: 'statfs', path: options.words[0] ?? '/' });
  if (!free.ok) {
    yield* complain(`df: ${options.words[0] ?? '/'}: ${reasonOf(free.errno)}`);
    return 1;
  }
  const capacity = Number(yield* machine((door) => door.diskCapacity()));
  const human = options.flags.has('h');
  const used = capacity - free.value;
  const shown = (bytes: number): string =>
    human ? humanSize(bytes) : String(Math.ceil(bytes / 1024));
  const percent = `${Math.ceil((used / Math.max(capacity, 1)) * 100)}%`;
  const row = ['/dev/sda1', shown(capacity), shown(used), shown(free.value), percent];
  const head = human
    ? ['Filesystem', 'Size', 'Used', 'Avail', 'Use%']
    : ['Filesystem', '1K-blocks', 'Used', 'Available', 'Use%'];
  const widths = head.map((text, i) => Math.max(text.length, row[i]?.length ?? 0));
  const line = (cells: readonly string[], place: string): string =>
    `${cells.map((cell, i) => (i === 0 ? cell.padEnd(Math.max(14, widths[i] ?? 0)) : cell.padStart(widths[i] ?? 0))).join(' ')} ${place}\n`;
  yield* write(1, ascii(line(head, 'Mounted on') + line(row, '/')));
  return 0;
}

export const listingPrograms: Readonly<Record<string, Program>> = { ls, find, stat, du, df };
