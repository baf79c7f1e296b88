/**
 * What a running server has on its disk, as a log: the parts of its append-only file, or a snapshot that it makes for
 * this. The files are read where the tool runs, so that is where the server runs too.
 */
import { ascii, concatBytes, type ByteString } from '../../base/bytes.ts';
import { microsOfMillis } from '../../base/time.ts';
import { parseManifest } from '../../persistence/aof-manifest.ts';
import type { Reply } from '../../resp/reply.ts';
import { newAofRecords, nextAofRecord } from '../aof-records.ts';
import { readFile, send, type ToolSteps } from '../tool-steps.ts';

export interface CollectedFile {
  readonly name: string;
  /** Up to the last whole record: a server may be writing the next one. */
  readonly bytes: Uint8Array;
}

export type Collected =
  /** In the order in which they are read. */
  | {
      readonly ok: true;
      readonly kind: 'log' | 'snapshot';
      readonly files: readonly CollectedFile[];
    }
  | { readonly ok: false; readonly reason: string };

const SETTINGS = ['dir', 'appendonly', 'appenddirname', 'appendfilename', 'dbfilename'] as const;
const TRIES = 5;

export function* collect(): ToolSteps<Collected> {
  const settings = new Map<string, ByteString>();
  for (const name of SETTINGS) {
    const replies = yield* send(['CONFIG', 'GET', name].map(ascii));
    const value = typeof replies === 'string' ? undefined : settingOf(replies[0]);
    if (typeof replies === 'string') return fail(replies);
    if (value === undefined) return fail(`the server does not tell its ${name}`);
    settings.set(name, value);
  }
  const setting = (name: (typeof SETTINGS)[number]): ByteString => settings.get(name) ?? ascii('');
  const dir = setting('dir');
  if (setting('appendonly') !== 'yes') return yield* snapshot(join(dir, setting('dbfilename')));
  const folder = join(dir, setting('appenddirname'));
  const manifest = join(folder, ascii(`${setting('appendfilename')}.manifest`));
  let problem = '';
  for (let left = TRIES; left > 0; left--) {
    const found = yield* readLog(folder, manifest);
    if (found.ok) return found;
    // A rewrite may have ended meanwhile: then the manifest names other files.
    problem = found.reason;
    yield { ask: 'sleep', micros: PAUSE };
  }
  return fail(problem);
}

const PAUSE = microsOfMillis(100);

function fail(reason: string): Collected {
  return { ok: false, reason };
}

function join(folder: ByteString, name: ByteString): ByteString {
  return folder.endsWith('/') ? concatBytes(folder, name) : concatBytes(folder, ascii('/'), name);
}

/** CONFIG GET of one name: a list of two, or under RESP3 a map of one. */
function settingOf(reply: Reply | undefined): ByteString | undefined {
  const value =
    reply?.type === 'array'
      ? reply.value[1]
      : reply?.type === 'map'
        ? reply.value[0]?.[1]
        : undefined;
  return value?.type === 'bulk' ? value.value : undefined;
}

function* readLog(folder: ByteString, path: ByteString): ToolSteps<Collected> {
  const bytes = yield* readFile(path);
  if ('reason' in bytes) return fail(unreadable(path, bytes.reason));
  const parsed = parseManifest(bytes);
  if (!parsed.ok) return fail(`${path}: ${parsed.reason}`);
  const files: CollectedFile[] = [];
  const { base, incr } = parsed.manifest;
  for (const { name } of base === null ? incr : [base, ...incr]) {
    const file = join(folder, ascii(name));
    const content = yield* readFile(file);
    if ('reason' in content) return fail(unreadable(file, content.reason));
    const whole = wholeRecords(content);
    if (typeof whole === 'string') return fail(`${file}: ${whole}`);
    files.push({ name, bytes: whole });
  }
  return { ok: true, kind: 'log', files };
}

function unreadable(path: ByteString, reason: string): string {
  return `${path}: ${reason}; redis-dumper reads the server's files, so it must run where the server runs`;
}

/** Without a record that is not there whole, or a transaction that has no end yet. */
function wholeRecords(bytes: Uint8Array): Uint8Array | string {
  const records = newAofRecords(bytes);
  let end = 0;
  let multi = false;
  for (;;) {
    const record = nextAofRecord(records);
    if (record === undefined || record.kind === 'tail') return bytes.subarray(0, end);
    if (record.kind === 'damage')
      return `damaged at offset ${record.start}; redis-check-aof tells more`;
    if (record.kind === 'command' && record.argv.length === 1) {
      const name = record.argv[0]!.toLowerCase();
      multi = name === 'multi' || (multi && name !== 'exec');
    }
    if (!multi) end = record.end;
  }
}

/** Once a second is often enough to ask. */
const POLL = microsOfMillis(200);
const MOST_POLLS = 3_000;

function* snapshot(path: ByteString): ToolSteps<Collected> {
  const started = yield* send([ascii('BGSAVE')]);
  if (typeof started === 'string') return fail(started);
  const [reply] = started;
  if (reply?.type === 'error' && !/in progress/.test(reply.value))
    return fail(`BGSAVE: ${reply.value}`);
  for (let left = MOST_POLLS; left > 0; left--) {
    const replies = yield* send([ascii('INFO'), ascii('persistence')]);
    if (typeof replies === 'string') return fail(replies);
    const info = replies[0];
    const text = info?.type === 'bulk' || info?.type === 'verbatim' ? info.value : '';
    if (text.includes('rdb_bgsave_in_progress:0')) {
      if (!text.includes('rdb_last_bgsave_status:ok')) return fail('BGSAVE failed on the server');
      const bytes = yield* readFile(path);
      if ('reason' in bytes) return fail(unreadable(path, bytes.reason));
      return { ok: true, kind: 'snapshot', files: [{ name: path, bytes }] };
    }
    yield { ask: 'sleep', micros: POLL };
  }
  return fail('BGSAVE does not come to an end');
}
