/** gzip, gunzip, zcat. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  open,
  reasonOf,
  terminalOf,
  tryRead,
  workThrough,
  write,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { baseName } from './input.ts';
import { GzipReader, GzipWriter, type Level } from './gzip-stream.ts';
import { readOptions, type Options } from './options.ts';

function* gzip({ argv }: ProgramContext): Run {
  const [own = ascii('gzip')] = argv;
  const name = baseName(own);
  const options = yield* readOptions(argv, {
    flags: 'cdfklnNqrtv123456789',
    values: 'S',
    long: {
      stdout: 'c',
      'to-stdout': 'c',
      decompress: 'd',
      uncompress: 'd',
      force: 'f',
      keep: 'k',
      list: 'l',
      'no-name': 'n',
      name: 'N',
      quiet: 'q',
      test: 't',
      verbose: 'v',
      fast: '1',
      best: '9',
    },
  });
  if (typeof options === 'number') return options;
  const flags = new Set(options.flags);
  if (name !== 'gzip') flags.add('d');
  if (name === 'zcat') flags.add('c');
  if (flags.has('t') || flags.has('l')) flags.add('d');
  const plan = { ...options, flags };
  const words = options.words.length === 0 ? [ascii('-')] : options.words;
  let status = 0;
  if (flags.has('l'))
    yield* write(1, ascii('         compressed        uncompressed  ratio uncompressed_name\n'));
  for (const path of words) {
    const ended = yield* path === '-' ? throughPipe(plan) : oneFile(path, plan);
    status = Math.max(status === 1 ? 3 : status, ended === 1 ? 3 : ended);
  }
  return status === 3 ? 1 : status;
}

/** 0, 1 after an error, 2 after a warning. */
function* throughPipe(plan: Options): Run {
  if (!plan.flags.has('d') && (yield* terminalOf(1)) !== null && !plan.flags.has('f')) {
    yield* complain(
      'gzip: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h',
    );
    return 1;
  }
  const out = plan.flags.has('t') ? null : 1;
  const { problem } = yield* pump(0, out, plan, { name: '', seconds: 0 });
  if (problem === null) return 0;
  yield* complain(`\ngzip: stdin: ${problem}`);
  return 1;
}

function* oneFile(given: ByteString, plan: Options): Run {
  const { flags } = plan;
  const unpacks = flags.has('d');
  let path = given;
  let found = yield* call({ call: 'stat', path });
  if (!found.ok && unpacks && !path.endsWith('.gz')) {
    path = ascii(`${given}.gz`);
    found = yield* call({ call: 'stat', path });
  }
  if (!found.ok || found.stat === undefined) {
    yield* complain(`gzip: ${path}: ${found.ok ? '' : reasonOf(found.errno)}`);
    return 1;
  }
  if (found.stat.kind === 'directory') {
    yield* complain(`gzip: ${path} is a directory -- ignored`);
    return 2;
  }
  const toStdout = flags.has('c') || flags.has('t') || flags.has('l');
  const target = targetOf(path, unpacks);
  if (target === null && !toStdout) {
    yield* complain(
      `gzip: ${path}${unpacks ? ': unknown suffix -- ignored' : ` already has .gz suffix -- unchanged`}`,
    );
    return unpacks ? 2 : 0;
  }
  if (!toStdout && !flags.has('f') && (yield* call({ call: 'stat', path: target ?? path })).ok) {
    yield* complain(`gzip: ${target ?? path} already exists;\tnot overwritten`);
    return 2;
  }
  const input = yield* open(path, 'read');
  if (typeof input === 'object') {
    yield* complain(`gzip: ${path}: ${reasonOf(input.errno)}`);
    return 1;
  }
  const out =
    flags.has('t') || flags.has('l')
      ? null
      : toStdout
        ? 1
        : yield* open(target ?? path, 'truncate');
  if (typeof out === 'object' && out !== null) {
    yield* complain(`gzip: ${target ?? path}: ${reasonOf(out.errno)}`);
    yield* close(input);
    return 1;
  }
  const { problem, sizeOut } = yield* pump(input, out, plan, {
    name: flags.has('n') ? '' : baseName(path),
    seconds: flags.has('n') ? 0 : Math.floor(found.stat.modifiedAt / 1e6),
  });
  yield* close(input);
  if (out !== null && out > 2) yield* close(out);
  if (problem !== null) {
    yield* complain(`\ngzip: ${path}: ${problem}`);
    if (!toStdout) yield* call({ call: 'unlink', path: target ?? path });
    return 1;
  }
  if (flags.has('l')) yield* write(1, ascii(listLine(found.stat.size, sizeOut, target ?? path)));
  if (!toStdout) {
    yield* call({ call: 'chmod', path: target ?? path, mode: found.stat.mode });
    if (!flags.has('k')) yield* call({ call: 'unlink', path });
  }
  return 0;
}

function targetOf(path: ByteString, unpacks: boolean): ByteString | null {
  if (!unpacks) return path.endsWith('.gz') ? null : ascii(`${path}.gz`);
  if (path.endsWith('.tgz')) return ascii(`${path.slice(0, -4)}.tar`);
  return path.endsWith('.gz') ? ascii(path.slice(0, -3)) : null;
}

function listLine(packed: number, plain: number, name: string): string {
  const HEADER_AND_FRAME = 18 + name.length + 1;
  const ratio = plain === 0 ? 0 : (100 * (plain - (packed - HEADER_AND_FRAME))) / plain;
  return `${String(packed).padStart(19)} ${String(plain).padStart(19)} ${ratio.toFixed(1).padStart(5)}% ${name}\n`;
}

function* pump(
  input: number,
  output: number | null,
  { flags }: Options,
  file: { readonly name: string; readonly seconds: number },
): Run<{ readonly problem: string | null; readonly sizeOut: number }> {
  const level = LEVELS.find((one) => flags.has(String(one))) ?? 6;
  const writer = flags.has('d') ? null : new GzipWriter(level, file.name, file.seconds);
  const reader = new GzipReader();
  let sizeOut = 0;
  for (;;) {
    const bytes = yield* tryRead(input);
    if (typeof bytes === 'object') return { problem: reasonOf(bytes.errno), sizeOut };
    const step =
      writer === null
        ? reader.push(bytes)
        : { out: bytes === '' ? writer.end() : writer.push(bytes), problem: null };
    yield* workThrough(bytes.length, 40);
    sizeOut += step.out.length;
    if (output !== null && step.out !== '') {
      const failed = yield* write(output, step.out);
      if (failed !== undefined) return { problem: reasonOf(failed), sizeOut };
    }
    if (step.problem !== null) return { problem: step.problem, sizeOut };
    if (bytes === '') return { problem: null, sizeOut };
  }
}

const LEVELS: readonly Level[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export const gzipPrograms: Readonly<Record<string, Program>> = { gzip, gunzip: gzip, zcat: gzip };
