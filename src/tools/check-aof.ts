/**
 * redis-check-aof of 7.2: looks at a log, a file by itself or the files of a manifest, and can cut the last one
 * (redis-check-aof.c; spec §7.1). Everything goes to stdout, also errors.
 */
import { ascii, concatBytes, EMPTY, type ByteString } from '../base/bytes.ts';
import { formatLogTime } from '../base/time.ts';
import { parseManifest, type Manifest, type ManifestParse } from '../persistence/aof-manifest.ts';
import { isRdb } from '../persistence/rdb-reader.ts';
import { reportRdb } from '../persistence/rdb-report.ts';
import { looksLikeManifest } from './manifest-detection.ts';
import { leadingLong } from './leading-long.ts';
import { newStrictFrames, readStrictFrames, type FramesEnd } from './strict-frames.ts';
import {
  asProgram,
  wholeOf,
  type OpenedFile,
  type ToolFiles,
  type ToolProcess,
} from './tool-files.ts';

/**
 * `asks`: the output ends in a question, and nothing has been changed. The caller asks it, and calls again with the
 * answer: the output then begins with what it was.
 */
export type CheckAofRun =
  | { readonly kind: 'done'; readonly output: ByteString; readonly exit: 0 | 1 }
  | { readonly kind: 'asks'; readonly output: ByteString };

interface Check {
  readonly files: ToolFiles;
  readonly process: ToolProcess;
  readonly fix: 'fix' | 'look';
  /** Seconds since 1970, or 0n. */
  readonly until: bigint;
  readonly answer: ByteString | null;
  readonly output: ByteString[];
  /** Goes on from one file of a log to the next. */
  line: number;
}

type Verdict = 'ok' | 'empty' | 'truncated' | 'truncated-to-timestamp';
/** What ends the tool at once. */
type Stop = 'failed' | 'asks';

/** `words`: the arguments, without the name of the program. `answer`: what stands on stdin; null is not known yet. */
export function checkAof(
  program: ByteString,
  words: readonly ByteString[],
  files: ToolFiles,
  process: ToolProcess,
  answer: ByteString | null,
): CheckAofRun {
  const output: ByteString[] = [];
  const end = run(program, words, { files, process, answer, output });
  const text = concatBytes(...output);
  if (end === 'asks') return { kind: 'asks', output: text };
  return { kind: 'done', output: text, exit: end === undefined ? 0 : 1 };
}

type Surroundings = Pick<Check, 'files' | 'process' | 'answer' | 'output'>;

function run(
  program: ByteString,
  words: readonly ByteString[],
  around: Surroundings,
): Stop | undefined {
  const check: Check = { ...around, fix: 'look', until: 0n, line: 1 };
  const [first, second, third] = words;
  if (words.length === 1) return checkPath(check, first!);
  if (words.length === 2 && first === '--fix') return checkPath({ ...check, fix: 'fix' }, second!);
  if (words.length === 3 && first === '--truncate-to-timestamp') {
    const { value, end, overflow } = leadingLong(second!);
    if (overflow || end !== second!.length) return fail(check, 'Invalid timestamp, aborting...');
    return checkPath({ ...check, until: value }, third!);
  }
  const usage = '[--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>';
  return fail(check, `Usage: ${program} ${usage}`);
}

function say(check: Check, text: string): void {
  check.output.push(ascii(`${text}\n`));
}

function fail(check: Check, text: string): 'failed' {
  say(check, text);
  return 'failed';
}

function checkPath(check: Check, path: ByteString): Stop | undefined {
  const file = check.files.open(path, 'read');
  switch (file.kind) {
    case 'failed':
      return fail(check, `Cannot open file ${path}: ${file.reason}`);
    case 'unreadable':
      return fail(check, `Cannot read file: ${path}`);
    case 'read':
      if (looksLikeManifest(file.content))
        return checkMultiPart(check, path, wholeOf(file.content));
      return checkOldStyle(check, path, formatOf(file));
  }
}

type Format = 'RDB' | 'RESP';

/** There must be room for the header of an RDB file. */
const SMALLEST_RDB = 8;

function formatOf(file: OpenedFile): Format {
  if (file.kind !== 'read' || file.content.size < SMALLEST_RDB) return 'RESP';
  return isRdb(file.content.piece(0, SMALLEST_RDB)) ? 'RDB' : 'RESP';
}

function checkOldStyle(check: Check, path: ByteString, format: Format): Stop | undefined {
  say(check, 'Start checking Old-Style AOF');
  const verdict = checkFile(check, { name: path, path, last: true, format });
  if (verdict === 'failed' || verdict === 'asks') return verdict;
  tellVerdict(check, 'AOF', path, verdict);
  return undefined;
}

function checkMultiPart(check: Check, path: ByteString, bytes: Uint8Array): Stop | undefined {
  say(check, 'Start checking Multi Part AOF');
  const parsed = parseManifest(bytes);
  if (!parsed.ok) return refuseManifest(check, parsed);
  const stop = checkParts(check, directoryOf(path), parsed.manifest);
  if (stop === undefined) say(check, 'All AOF files and manifest are valid');
  return stop;
}

function checkParts(
  check: Check,
  directory: ByteString,
  { base, incr }: Manifest,
): Stop | undefined {
  if (base !== null) {
    const name = ascii(base.name);
    const path = concatBytes(directory, ascii('/'), name);
    const file = check.files.open(path, 'read');
    if (file.kind === 'failed') return fail(check, `Cannot open file ${path}: ${file.reason}`);
    const format = formatOf(file);
    say(check, `Start to check BASE AOF (${format} format).`);
    const verdict = checkFile(check, { name, path, last: incr.length === 0, format });
    if (verdict === 'failed' || verdict === 'asks') return verdict;
    tellVerdict(check, 'BASE AOF', name, verdict);
  }
  if (incr.length > 0) say(check, 'Start to check INCR files.');
  for (const [i, part] of incr.entries()) {
    const name = ascii(part.name);
    const path = concatBytes(directory, ascii('/'), name);
    const last = i === incr.length - 1;
    const verdict = checkFile(check, { name, path, last, format: 'RESP' });
    if (verdict === 'failed' || verdict === 'asks') return verdict;
    tellVerdict(check, 'INCR AOF', name, verdict);
  }
  return undefined;
}

function tellVerdict(check: Check, kind: string, name: ByteString, verdict: Verdict): void {
  switch (verdict) {
    case 'ok':
      return say(check, `${kind} ${name} is valid`);
    case 'empty':
      return say(check, `${kind} ${name} is empty`);
    case 'truncated':
      return say(check, `Successfully truncated AOF ${name}`);
    case 'truncated-to-timestamp':
      return say(check, `Successfully truncated AOF ${name} to timestamp ${check.until}`);
  }
}

interface Part {
  readonly name: ByteString;
  readonly path: ByteString;
  /** No file follows: only such a one may be cut. */
  readonly last: boolean;
  readonly format: Format;
}

function checkFile(check: Check, part: Part): Verdict | Stop {
  const { name, path } = part;
  const file = check.files.open(path, 'update');
  if (file.kind === 'failed')
    return fail(check, `Cannot open file ${path}: ${file.reason}, aborting...`);
  if (file.kind === 'unreadable')
    return fail(check, `Failed to read from AOF ${name}, aborting...`);
  const { content } = file;
  if (content.size === 0) return 'empty';

  let start = 0;
  if (part.format === 'RDB') {
    const report = reportRdb(name, wholeOf(content), asProgram(check.process));
    check.output.push(report.output);
    if (report.kind === 'died') return 'failed';
    if (report.kind === 'wrong')
      return fail(check, 'RDB preamble of AOF file is not sane, aborting.');
    say(check, 'RDB preamble is OK, proceeding with AOF tail...');
    start = report.end;
  }
  const frames = newStrictFrames(content, path, start, check.line);
  const end = readStrictFrames(frames, check.until);
  check.line = frames.line;
  if (end.kind === 'later') return cutAtTimestamp(check, part, end.at);
  if (end.kind === 'bad-timestamp') return fail(check, 'Invalid timestamp annotation');
  if (end.kind === 'no-frame') say(check, `AOF ${name} format error`);
  if (frames.error !== EMPTY) say(check, frames.error);
  return conclude(check, part, content.size, end);
}

function cutAtTimestamp(check: Check, { path, last }: Part, at: number): Verdict | 'failed' {
  const { until } = check;
  if (at === 0)
    return fail(check, `AOF ${path} has nothing before timestamp ${until}, aborting...`);
  if (!last) {
    say(
      check,
      `Failed to truncate AOF ${path} to timestamp ${until} to offset ${at} because it is not the last file.`,
    );
    return fail(
      check,
      'If you insist, please delete all files after this file according to the manifest file and delete the corresponding records in manifest file manually. Then re-run redis-check-aof.',
    );
  }
  if (check.files.truncate(path, at)) return 'truncated-to-timestamp';
  return fail(check, `Failed to truncate AOF ${path} to timestamp ${until}`);
}

type Frames = Extract<FramesEnd, { readonly okUpTo: number }>;

function conclude(check: Check, part: Part, size: number, { okUpTo }: Frames): Verdict | Stop {
  const { name, path, last } = part;
  const rest = size - okUpTo;
  if (rest === 0 && check.until !== 0n) {
    say(check, `Truncate nothing in AOF ${name} to timestamp ${check.until}`);
    return 'ok';
  }
  say(
    check,
    `AOF analyzed: filename=${name}, size=${size}, ok_up_to=${okUpTo}, ok_up_to_line=${check.line}, diff=${rest}`,
  );
  if (rest === 0) return 'ok';
  if (check.fix === 'look')
    return fail(check, `AOF ${name} is not valid. Use the --fix option to try fixing it.`);
  if (!last) return fail(check, `Failed to truncate AOF ${name} because it is not the last file`);
  say(
    check,
    `This will shrink the AOF ${name} from ${size} bytes, with ${rest} bytes, to ${okUpTo} bytes`,
  );
  check.output.push(ascii('Continue? [y/N]: '));
  if (check.answer === null) return 'asks';
  if (!/^y/i.test(check.answer)) return fail(check, 'Aborting...');
  if (check.files.truncate(path, okUpTo)) return 'truncated';
  return fail(check, `Failed to truncate AOF ${name}`);
}

type RefusedManifest = Extract<ManifestParse, { readonly ok: false }>;

/** These lines go through the server's log, each with an LF of its own at its end. */
function refuseManifest(check: Check, { line, text, reason }: RefusedManifest): 'failed' {
  log(check, '\n*** FATAL AOF MANIFEST FILE ERROR ***\n');
  if (!wholeLineReasons.has(reason)) {
    log(check, `Reading the manifest file, at line ${line}\n`);
    log(check, `>>> '${text}'\n`);
  }
  log(check, `${reason}\n`);
  return 'failed';
}

/** Found before there is a line that could be shown. */
const wholeLineReasons: ReadonlySet<string> = new Set([
  'Found an empty AOF manifest',
  'The AOF manifest file contains too long line',
]);

/** server.c: LOG_MAX_LEN. */
const LONGEST_LOG_LINE = 1024;

function log(check: Check, text: string): void {
  const { id, now } = check.process;
  say(check, `${id}:C ${formatLogTime(now)} # ${text.slice(0, LONGEST_LOG_LINE - 1)}`);
}

/** dirname(3). */
function directoryOf(path: ByteString): ByteString {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return ascii('.');
  const directory = path.slice(0, slash).replace(/\/+$/, '');
  return ascii(directory === '' ? '/' : directory);
}
