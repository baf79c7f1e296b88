/** pgrep, pkill, killall and pidof: processes by the name of their program. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { signalOf } from '../language/signal-names.ts';
import {
  complain,
  kill,
  print,
  processes,
  reasonOf,
  write,
  type ProcessRow,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { readOptions } from './options.ts';
import { posixRegex } from './posix-regex.ts';

type Form = 'pgrep' | 'pkill';

export function byPattern(form: Form): Program {
  return function* ({ argv, pid: own }) {
    const given = splitSignal(argv);
    const options = yield* readOptions(given.argv, {
      flags: 'acfilnovx',
      values: 'Pustg',
      long: { full: 'f', newest: 'n', oldest: 'o', exact: 'x', 'list-name': 'l', 'list-full': 'a' },
    });
    if (typeof options === 'number') return 2;
    const { flags, values, words } = options;
    const signal = signalOf(given.signal ?? 'TERM');
    const parent = values.get('P');
    if (signal === undefined || words.length > 1 || (words.length === 0 && parent === undefined)) {
      yield* complain(
        words.length === 0
          ? `${form}: no matching criteria specified\nTry \`${form} --help' for more information.`
          : `${form}: only one pattern can be provided\nTry \`${form} --help' for more information.`,
      );
      return 2;
    }
    const source = words[0] ?? ascii('');
    const pattern = posixRegex(
      flags.has('x') ? `^(${source})$` : source,
      'extended',
      flags.has('i') ? 'i' : '',
    );
    const found = (yield* processes())
      .filter((row) => row.pid !== own && row.state !== 'Z')
      .filter((row) => parent === undefined || parent.split(',').includes(String(row.parent)))
      .filter(
        (row) =>
          (pattern?.test(flags.has('f') ? row.argv.join(' ') : row.program) ?? false) !==
          flags.has('v'),
      )
      .sort((a, b) => a.pid - b.pid);
    const chosen = flags.has('n') ? found.slice(-1) : flags.has('o') ? found.slice(0, 1) : found;
    if (form === 'pkill') for (const { pid } of chosen) yield* kill(pid, signal);
    else if (flags.has('c')) yield* print(`${chosen.length}\n`);
    else for (const row of chosen) yield* write(1, ascii(`${row.pid}${shown(row, flags)}\n`));
    return chosen.length > 0 ? 0 : 1;
  };
}

function shown(row: ProcessRow, flags: ReadonlySet<string>): string {
  if (flags.has('a')) return ` ${row.argv.join(' ')}`;
  return flags.has('l') ? ` ${row.program}` : '';
}

/** `-9` and `-TERM` stand where other options do. */
function splitSignal(argv: readonly ByteString[]): {
  readonly argv: readonly ByteString[];
  readonly signal: string | undefined;
} {
  const at = argv.findIndex((word) => /^-(?:\d+|[A-Z]{3,}\d?)$/.test(word));
  if (at < 0) return { argv, signal: undefined };
  return { argv: argv.filter((_, i) => i !== at), signal: argv[at]?.slice(1) };
}

export function* killall({ argv }: ProgramContext): Run {
  const given = splitSignal(argv);
  const signal = signalOf(given.signal ?? 'TERM');
  const options = yield* readOptions(given.argv, { flags: 'qweIv', values: 's' });
  if (typeof options === 'number') return options;
  if (signal === undefined || options.words.length === 0) {
    yield* complain('Usage: killall [OPTION]... [--] NAME...');
    return 1;
  }
  let status = 0;
  for (const name of options.words) {
    const rows = (yield* processes()).filter((row) => row.state !== 'Z' && row.program === name);
    for (const { pid } of rows) {
      const errno = yield* kill(pid, signal);
      if (errno !== undefined) yield* complain(`${name}(${pid}): ${reasonOf(errno)}`);
    }
    if (rows.length > 0) continue;
    if (!options.flags.has('q')) yield* complain(`${name}: no process found`);
    status = 1;
  }
  return status;
}

export function* pidof({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'scqxz', values: 'oS' });
  if (typeof options === 'number') return options;
  const found = (yield* processes())
    .filter((row) => row.state !== 'Z' && options.words.some((word) => row.program === word))
    .map((row) => row.pid)
    .sort((a, b) => b - a);
  const shownPids = options.flags.has('s') ? found.slice(0, 1) : found;
  if (shownPids.length > 0) yield* print(`${shownPids.join(' ')}\n`);
  return shownPids.length > 0 ? 0 : 1;
}
