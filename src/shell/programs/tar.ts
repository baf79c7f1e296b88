/** tar: c, x and t with z, f, v and -C, piece by piece. */
import { ascii, EMPTY, sliceBytes, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  open,
  reasonOf,
  tryRead,
  workingDirectory,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { formatTime } from './date.ts';
import { GzipReader, GzipWriter } from './gzip-stream.ts';
import { joinPath } from './input.ts';
import { tarPlanOf, type TarPlan } from './tar-options.ts';
import { BLOCK, paxPath, readTarHeader, tarHeader, type TarEntry } from './tar-header.ts';

const USAGE = "Try 'tar --help' or 'tar --usage' for more information.";
const RECORD = 20 * BLOCK;

export function* tar({ argv }: ProgramContext): Run {
  const plan = tarPlanOf(argv.slice(1));
  if (typeof plan === 'string') {
    yield* complain(`tar: ${plan}\n${USAGE}`);
    return plan.startsWith('Old option') ? 2 : 64;
  }
  if (plan.mode === null) {
    yield* complain(
      `tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n${USAGE}`,
    );
    return 2;
  }
  return plan.mode === 'c' ? yield* create(plan) : yield* readArchive(plan, plan.mode);
}

// --- c ---

interface Output {
  readonly fd: number;
  readonly gzip: GzipWriter | null;
  /** Bytes of the archive so far, unpacked. */
  length: number;
  status: number;
}

function* create(plan: TarPlan): Run {
  if (plan.words.length === 0) {
    yield* complain(`tar: Cowardly refusing to create an empty archive\n${USAGE}`);
    return 2;
  }
  const fd = plan.file === null ? 1 : yield* open(plan.file, 'truncate');
  if (typeof fd === 'object') {
    yield* complain(
      `tar: ${plan.file ?? ''}: Cannot open: ${reasonOf(fd.errno)}\ntar: Error is not recoverable: exiting now`,
    );
    return 2;
  }
  const out: Output = {
    fd,
    gzip: plan.gzip ? new GzipWriter(6, '', 0) : null,
    length: 0,
    status: 0,
  };
  let stripped = false;
  for (const { word, folder } of plan.words) {
    if (word.startsWith('/') && !stripped) {
      yield* complain("tar: Removing leading `/' from member names");
      stripped = true;
    }
    yield* addTree(plan, out, word, folder === null ? word : joinPath(folder, word));
  }
  const end = 2 * BLOCK + out.length;
  yield* put(out, ascii('\0'.repeat(Math.ceil(end / RECORD) * RECORD - out.length)));
  if (out.gzip !== null) yield* write(fd, out.gzip.end());
  if (fd > 2) yield* close(fd);
  if (out.status !== 0) yield* complain('tar: Exiting with failure status due to previous errors');
  return out.status;
}

function* put(out: Output, bytes: ByteString): Run<undefined> {
  out.length += bytes.length;
  const ready = out.gzip === null ? bytes : out.gzip.push(bytes);
  if (ready === '') return undefined;
  const failed = yield* write(out.fd, ready);
  if (failed !== undefined) {
    yield* complain(`tar: write error: ${reasonOf(failed)}`);
    out.status = 2;
  }
  return undefined;
}

/** `name` as it stands in the archive, `path` where it is. */
function* addTree(plan: TarPlan, out: Output, name: ByteString, path: ByteString): Run<undefined> {
  const found = yield* call({ call: 'stat', path });
  if (!found.ok || found.stat === undefined) {
    yield* complain(`tar: ${name}: Cannot stat: ${found.ok ? '' : reasonOf(found.errno)}`);
    out.status = 2;
    return undefined;
  }
  const { stat } = found;
  const bare = name.replace(/^\/+/, '').replace(/\/+$/, '') || '.';
  const entry: TarEntry = {
    name: stat.kind === 'directory' ? `${bare}/` : bare,
    kind: stat.kind,
    mode: stat.mode & 0o7777,
    size: stat.kind === 'directory' ? 0 : stat.size,
    modifiedAt: stat.modifiedAt,
  };
  yield* tell(plan, entry, plan.file === null ? 2 : 1);
  if (stat.kind === 'file') return yield* addFile(out, entry, path);
  yield* put(out, tarHeader(entry));
  const listed = yield* call({ call: 'readdir', path });
  const names = listed.ok ? (listed.names ?? []) : [];
  for (const one of [...names].sort())
    yield* addTree(plan, out, joinPath(name, one), joinPath(path, one));
  return undefined;
}

/** As many bytes as its header says, even if the file is cut or grows meanwhile. */
function* addFile(out: Output, entry: TarEntry, path: ByteString): Run<undefined> {
  const fd = yield* open(path, 'read');
  if (typeof fd === 'object') {
    yield* complain(`tar: ${path}: Cannot open: ${reasonOf(fd.errno)}`);
    out.status = 2;
    return undefined;
  }
  yield* put(out, tarHeader(entry));
  let left = entry.size;
  while (left > 0) {
    const bytes = yield* tryRead(fd, Math.min(left, 65_536));
    if (typeof bytes === 'object' || bytes === '') {
      yield* complain(`tar: ${path}: File shrank by ${left} bytes; padding with zeros`);
      out.status = 1;
      yield* put(out, ascii('\0'.repeat(left)));
      break;
    }
    left -= bytes.length;
    yield* put(out, bytes);
  }
  yield* close(fd);
  yield* put(out, ascii('\0'.repeat((BLOCK - (entry.size % BLOCK)) % BLOCK)));
  return undefined;
}

function* tell(plan: TarPlan, entry: TarEntry, to: 1 | 2): Run<undefined> {
  const long = plan.mode === 't' ? plan.verbose > 0 : plan.verbose > 1;
  if (plan.mode !== 't' && plan.verbose === 0) return undefined;
  yield* write(to, ascii(long ? `${longLine(entry)}\n` : `${entry.name}\n`));
  return undefined;
}

function longLine({ name, kind, mode, size, modifiedAt }: TarEntry): string {
  const rights = Array.from('rwxrwxrwx', (char, i) => ((mode >> (8 - i)) & 1 ? char : '-')).join(
    '',
  );
  const sizeText = String(size);
  const owner = 'root/root';
  const room = Math.max(19 - owner.length, sizeText.length + 1);
  return `${kind === 'directory' ? 'd' : '-'}${rights} ${owner}${sizeText.padStart(room)} ${formatTime('%Y-%m-%d %H:%M', modifiedAt)} ${name}`;
}

// --- x, t ---

class Input {
  problem: string | null = null;
  private readonly fd: number;
  private gzip: GzipReader | null = null;
  private bytes: ByteString = EMPTY;
  private ended = false;
  private first = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Up to so many bytes; fewer at the end only. What begins as gzip does is unpacked. */
  *take(length: number): Run<ByteString> {
    while (this.bytes.length < length && !this.ended) {
      const more = yield* tryRead(this.fd);
      const bytes = typeof more === 'object' ? EMPTY : more;
      if (this.first && bytes.startsWith('\x1f\x8b')) this.gzip = new GzipReader();
      this.first = false;
      this.ended = bytes === '';
      if (this.gzip === null) this.bytes = ascii(this.bytes + bytes);
      else {
        const { out, problem } = this.gzip.push(bytes);
        this.bytes = ascii(this.bytes + out);
        this.problem ??= problem;
        if (problem !== null) this.ended = true;
      }
    }
    const taken = sliceBytes(this.bytes, 0, length);
    this.bytes = sliceBytes(this.bytes, taken.length);
    return taken;
  }
}

function* readArchive(plan: TarPlan, mode: 'x' | 't'): Run {
  const fd = plan.file === null ? 0 : yield* open(plan.file, 'read');
  if (typeof fd === 'object') {
    yield* complain(
      `tar: ${plan.file ?? ''}: Cannot open: ${reasonOf(fd.errno)}\ntar: Error is not recoverable: exiting now`,
    );
    return 2;
  }
  const input = new Input(fd);
  const found = new Set<string>();
  let status = 0;
  let longName: string | null = null;
  let seen = 0;
  for (;;) {
    const header = readTarHeader(yield* input.take(BLOCK));
    if (header.kind === 'end') break;
    if (header.kind === 'bad') {
      yield* complain(
        seen === 0 ? 'tar: This does not look like a tar archive' : 'tar: Skipping to next header',
      );
      status = 2;
      break;
    }
    seen++;
    if (header.kind !== 'entry') {
      const data = yield* input.take(Math.ceil(header.size / BLOCK) * BLOCK);
      if (header.kind === 'long-name') longName = data.split('\0')[0] ?? '';
      else if (header.kind === 'pax') longName = paxPath(data) ?? longName;
      continue;
    }
    const entry = longName === null ? header.entry : { ...header.entry, name: longName };
    longName = null;
    const wanted = isWanted(plan, entry.name, found);
    if (wanted) yield* tell(plan, entry, plan.toStdout ? 2 : 1);
    const problem = yield* takeEntry(plan, mode, input, entry, wanted);
    if (problem === undefined) continue;
    yield* complain(`tar: ${problem}`);
    status = 2;
    if (problem.startsWith('Unexpected EOF')) {
      yield* complain('tar: Error is not recoverable: exiting now');
      return status;
    }
  }
  if (input.problem !== null) {
    yield* complain(`\ngzip: stdin: ${input.problem}\ntar: Child returned status 1`);
    status = 2;
  }
  if (fd > 2) yield* close(fd);
  for (const { word } of plan.words) {
    if (found.has(word)) continue;
    yield* complain(`tar: ${word}: Not found in archive`);
    status = 2;
  }
  if (status === 0) return 0;
  yield* complain(
    input.problem === null
      ? 'tar: Exiting with failure status due to previous errors'
      : 'tar: Error is not recoverable: exiting now',
  );
  return status;
}

function isWanted(plan: TarPlan, name: string, found: Set<string>): boolean {
  if (plan.words.length === 0) return true;
  let wanted = false;
  for (const { word } of plan.words) {
    const bare = word.replace(/\/+$/, '');
    if (name.replace(/\/+$/, '') !== bare && !name.startsWith(`${bare}/`)) continue;
    found.add(word);
    wanted = true;
  }
  return wanted;
}

/** Undefined, or what went wrong. A name that leads out of the folder is refused. */
function* takeEntry(
  plan: TarPlan,
  mode: 'x' | 't',
  input: Input,
  entry: TarEntry,
  wanted: boolean,
): Run<string | undefined> {
  let out: number | null = null;
  let problem: string | undefined;
  if (wanted && mode === 'x') {
    const made = plan.toStdout && entry.kind === 'file' ? 1 : yield* makeEntry(plan, entry);
    if (typeof made === 'string') problem = made;
    else out = made;
  }
  let left = entry.size;
  while (left > 0) {
    const bytes = yield* input.take(Math.min(left, 65_536));
    if (bytes === '') return 'Unexpected EOF in archive';
    left -= bytes.length;
    if (out === null) continue;
    const failed = yield* write(out, bytes);
    if (failed !== undefined) problem ??= `${entry.name}: Cannot write: ${reasonOf(failed)}`;
  }
  yield* input.take((BLOCK - (entry.size % BLOCK)) % BLOCK);
  if (out !== null && out > 2) yield* close(out);
  return problem;
}

function* makeEntry(plan: TarPlan, entry: TarEntry): Run<number | string | null> {
  if (entry.name.split('/').includes('..')) return `${entry.name}: Member name contains '..'`;
  const name = entry.name.replace(/^\/+/, '').replace(/\/+$/, '');
  const folder = plan.folder ?? (yield* workingDirectory());
  const parts = name.split('/');
  const folders = entry.kind === 'directory' ? parts.length : parts.length - 1;
  for (let i = 1; i <= folders; i++) {
    const path = joinPath(folder, parts.slice(0, i).join('/'));
    const made = yield* call({ call: 'mkdir', path, mode: 0o755 });
    if (!made.ok && made.errno !== 'EEXIST')
      return `${entry.name}: Cannot mkdir: ${reasonOf(made.errno)}`;
  }
  const path = joinPath(folder, name);
  if (entry.kind === 'directory') {
    yield* call({ call: 'chmod', path, mode: entry.mode });
    return null;
  }
  // As tar does it: a file of that name gives way, and who has it open keeps it.
  yield* call({ call: 'unlink', path });
  const fd = yield* open(path, 'truncate');
  if (typeof fd === 'object') return `${entry.name}: Cannot open: ${reasonOf(fd.errno)}`;
  yield* call({ call: 'chmod', path, mode: entry.mode });
  return fd;
}
