/** redis-check-aof and redis-check-rdb over the files of the machine; what they cut goes through the kernel. */
import { ascii, bytesOf, EMPTY, sliceBytes, type ByteString } from '../../../base/bytes.ts';
import { checkAof } from '../../../tools/check-aof.ts';
import { checkRdb } from '../../../tools/check-rdb.ts';
import { inMemory, type OpenedFile, type ToolFiles } from '../../../tools/tool-files.ts';
import {
  call,
  close,
  now,
  open,
  read,
  readAll,
  reasonOf,
  write,
  type ProgramContext,
  type Run,
} from '../../program.ts';

/**
 * The tools are functions over files that are there at once, and this process reads piece by piece; so a tool that
 * asks for a file that has not been read is run again when it has.
 */
class ReadFiles implements ToolFiles {
  readonly known = new Map<ByteString, OpenedFile>();
  readonly cuts: { readonly path: ByteString; readonly size: number }[] = [];
  missing: ByteString | null = null;

  open(path: ByteString): OpenedFile {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    this.missing ??= path;
    return { kind: 'failed', reason: '' };
  }

  truncate(path: ByteString, size: number): boolean {
    this.cuts.push({ path, size });
    return true;
  }
}

function* readFor(files: ReadFiles): Run<boolean> {
  const path = files.missing;
  if (path === null) return false;
  files.missing = null;
  const found = yield* call({ call: 'stat', path });
  const fd = yield* open(path, 'read');
  if (typeof fd === 'object') files.known.set(path, { kind: 'failed', reason: reasonOf(fd.errno) });
  else {
    if (found.ok && found.stat?.kind === 'directory') files.known.set(path, { kind: 'unreadable' });
    else files.known.set(path, { kind: 'read', content: inMemory(bytesOf(yield* readAll(fd))) });
    yield* close(fd);
  }
  return true;
}

function* cut(files: ReadFiles): Run<undefined> {
  for (const { path, size } of files.cuts) {
    const opened = yield* call({ call: 'open', path, mode: 'write' });
    if (!opened.ok) continue;
    yield* call({ call: 'ftruncate', fd: opened.value, size });
    yield* call({ call: 'close', fd: opened.value });
  }
  return undefined;
}

export function* redisCheckAof({ argv, pid }: ProgramContext): Run {
  const files = new ReadFiles();
  const [program = ascii('redis-check-aof'), ...words] = argv;
  const process = { id: pid, now: yield* now() };
  let answer: ByteString | null = null;
  let told = 0;
  for (;;) {
    files.cuts.length = 0;
    const run = checkAof(program, words, files, process, answer);
    if (yield* readFor(files)) continue;
    yield* write(1, sliceBytes(run.output, told));
    if (run.kind === 'done') {
      yield* cut(files);
      return run.exit;
    }
    told = run.output.length;
    answer = sliceBytes(yield* read(0, 4096), 0, 1);
    if (answer === '') answer = EMPTY;
  }
}

export function* redisCheckRdb({ argv, pid }: ProgramContext): Run {
  const files = new ReadFiles();
  const [program = ascii('redis-check-rdb'), ...words] = argv;
  const process = { id: pid, now: yield* now() };
  for (;;) {
    const { output, exit, to } = checkRdb(program, words, files, process);
    if (yield* readFor(files)) continue;
    yield* write(to === 'stdout' ? 1 : 2, output);
    return exit;
  }
}
