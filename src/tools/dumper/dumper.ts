/**
 * `redis-dumper`: backups of a running server in one file, full ones and what the log gained since, compressed and
 * encrypted if asked; and the way back to the end of any second that they hold. Nothing is sent to a server before the
 * whole chain has been read, verified and replayed, and then as one transaction.
 */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { civilTime, microsOfSeconds, type Seconds } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import {
  complain,
  now,
  printText,
  readFile,
  send,
  writeFile,
  type ToolSteps,
} from '../tool-steps.ts';
import { joinLogs, logUntil, readChain, type OpenPart } from './chain.ts';
import { collect, type CollectedFile } from './collect.ts';
import { noParent, sumHex, type LogFile, type Part } from './part.ts';
import { commandsFor, replayLog } from './replay.ts';
import { openPart, sealPart } from './seal.ts';
import { DUMPER_USAGE, dumperWords, type DumperWords } from './words.ts';

export interface DumperSettings {
  /** Of PBKDF2, for new backups. */
  readonly iterations: number;
}

export const DUMPER_SETTINGS: DumperSettings = { iterations: 600_000 };

/** `given`: the arguments, without the name of the program. Returns 0; 1: something failed; 2: wrong words. */
export function* redisDumper(
  given: readonly ByteString[],
  settings: DumperSettings = DUMPER_SETTINGS,
): ToolSteps {
  if (given[0] === '--help' || given[0] === '-h') {
    yield* printText(`${DUMPER_USAGE}\n`);
    return 0;
  }
  const words = dumperWords(given);
  if (typeof words === 'string') {
    yield* complain(`redis-dumper: ${words}\n${DUMPER_USAGE}`);
    return 2;
  }
  switch (words.command) {
    case 'backup':
      return yield* backUp(words, settings);
    case 'schedule':
      return yield* schedule(words, settings);
    case 'list':
      return yield* list(words);
    case 'verify':
      return yield* verify(words);
    case 'restore':
      return yield* restore(words);
  }
}

function* fail(text: string): ToolSteps {
  yield* complain(`redis-dumper: ${text}`);
  return 1;
}

/** Undefined: connected. */
function* connect({ host, port, redisPassword }: DumperWords): ToolSteps<string | undefined> {
  const answer = yield { ask: 'connect', host, port };
  if (answer.answer === 'failed')
    return `Could not connect to Redis at ${host}:${port}: ${answer.reason}`;
  if (redisPassword === null) return undefined;
  const replies = yield* send([ascii('AUTH'), redisPassword]);
  if (typeof replies === 'string') return replies;
  return replies[0]?.type === 'error' ? `AUTH failed: ${replies[0].value}` : undefined;
}

// --- backup ---

function* backUp(words: DumperWords, settings: DumperSettings): ToolSteps {
  let parts: readonly Part[] = [];
  let before: Uint8Array = new Uint8Array(0);
  if (words.incremental) {
    const bytes = yield* readFile(words.file);
    if ('reason' in bytes) return yield* fail(`${words.file}: ${bytes.reason}`);
    const chain = readChain(bytes);
    if (!chain.ok) return yield* fail(`${words.file}: ${chain.reason}`);
    ({ parts } = chain);
    before = bytes;
  }
  const problem = yield* connect(words);
  if (problem !== undefined) return yield* fail(problem);
  const collected = yield* collect();
  if (!collected.ok) return yield* fail(collected.reason);
  const last = parts.at(-1);
  const gained = last === undefined ? undefined : gainedSince(last.header.files, collected.files);
  if (last !== undefined && gained === undefined)
    yield* complain(
      'redis-dumper: the log does not go on from the last backup (it was rewritten, or is off): this one is a full one',
    );
  const [first, ...others] = collected.files;
  const log =
    gained ??
    joinLogs(
      first?.bytes ?? new Uint8Array(0),
      others.map(({ bytes }) => bytes),
    );
  const createdAt = yield* now();
  const sealed = yield* sealPart(
    {
      kind: gained === undefined ? 'full' : 'incremental',
      sequence: parts.length + 1,
      createdAt,
      parent: last?.sum ?? noParent(),
      // A snapshot is not gone on with.
      files: collected.kind === 'log' ? collected.files.map(positionOf) : [],
      log,
    },
    {
      compress: words.compress,
      password: words.encrypt ? words.password : null,
      iterations: settings.iterations,
    },
  );
  if ('reason' in sealed) return yield* fail(sealed.reason);
  const whole = new Uint8Array(before.length + sealed.length);
  whole.set(before);
  whole.set(sealed, before.length);
  const written = yield* writeFile(words.file, whole, 'make');
  if (written !== undefined) return yield* fail(`${words.file}: ${written}`);
  const kind = gained === undefined ? 'full' : 'incremental';
  yield* printText(
    `backup ${parts.length + 1}, ${kind}, ${timeText(createdAt)}: ${log.length} bytes of log, ${sealed.length} in the file\n`,
  );
  return 0;
}

function positionOf({ name, bytes }: CollectedFile): LogFile {
  return { name, size: bytes.length };
}

/** The log from the place on where the last backup ended; undefined: it is not the same log. */
function gainedSince(
  old: readonly LogFile[],
  files: readonly CollectedFile[],
): Uint8Array | undefined {
  if (old.length === 0 || old.length > files.length) return undefined;
  for (const [i, { name, size }] of old.entries()) {
    const { name: same, bytes } = files[i]!;
    const grown = i === old.length - 1 ? bytes.length >= size : bytes.length === size;
    if (same !== name || !grown) return undefined;
  }
  const { bytes } = files[old.length - 1]!;
  return joinLogs(
    bytes.subarray(old.at(-1)!.size),
    files.slice(old.length).map((file) => file.bytes),
  );
}

function* schedule(words: DumperWords, settings: DumperSettings): ToolSteps {
  for (let made = 0; words.count === 0 || made < words.count; made++) {
    if (made > 0) yield { ask: 'sleep', micros: microsOfSeconds(words.every) };
    const file = yield* readFile(words.file);
    const incremental = made % words.fullEvery !== 0 && !('reason' in file);
    const exit = yield* backUp({ ...words, incremental }, settings);
    // What failed once, because the server was down perhaps, is tried again at the next time.
    if (exit !== 0 && made + 1 === words.count) return exit;
  }
  return 0;
}

// --- list and verify ---

function timeText(at: Seconds): string {
  const { year, month, day, hour, minute, second } = civilTime(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}Z`;
}

function* list({ file }: DumperWords): ToolSteps {
  const bytes = yield* readFile(file);
  if ('reason' in bytes) return yield* fail(`${file}: ${bytes.reason}`);
  const chain = readChain(bytes);
  if (!chain.ok) return yield* fail(`${file}: ${chain.reason}`);
  for (const { header, sum, start, end } of chain.parts) {
    const ways = [
      ...(header.compressed ? ['gzip'] : []),
      ...(header.encryption === null ? [] : [`AES-GCM, PBKDF2 ${header.encryption.iterations}`]),
    ];
    yield* printText(
      `${String(header.sequence).padStart(4)}  ${header.kind.padEnd(11)}  ${timeText(header.createdAt)}  ${header.plainLength} bytes of log, ${end - start} in the file  ${ways.join(', ') || 'plain'}  ${sumHex(sum).slice(0, 16)}\n`,
    );
  }
  return 0;
}

type OpenedChain =
  | { readonly ok: true; readonly parts: readonly OpenPart[] }
  | { readonly ok: false; readonly reason: string };

function* openChain({ file, password }: DumperWords): ToolSteps<OpenedChain> {
  const bytes = yield* readFile(file);
  if ('reason' in bytes) return { ok: false, reason: bytes.reason };
  const chain = readChain(bytes);
  if (!chain.ok) return chain;
  const parts: OpenPart[] = [];
  for (const part of chain.parts) {
    const opened = yield* openPart(part, password);
    if (!opened.ok)
      return { ok: false, reason: `backup ${part.header.sequence}: ${opened.reason}` };
    parts.push(opened.part);
  }
  return { ok: true, parts };
}

function* verify(words: DumperWords): ToolSteps {
  const { file } = words;
  const chain = yield* openChain(words);
  if (!chain.ok) return yield* fail(`${file}: ${chain.reason}`);
  const at = yield* now();
  // Each full backup with all that follows it.
  const ends = chain.parts.flatMap((_, i) =>
    chain.parts[i + 1]?.kind === 'incremental' ? [] : [i],
  );
  for (const end of ends) {
    const found = logUntil(chain.parts.slice(0, end + 1), null);
    const replayed = replayLog(found?.log ?? new Uint8Array(0), at);
    if (!replayed.ok) return yield* fail(`${file}: backup ${end + 1}: ${replayed.reason}`);
    const from = found?.full ?? 1;
    const name = from === end + 1 ? `backup ${from}` : `backups ${from} to ${end + 1}`;
    yield* printText(`${name}: right, ${replayed.keys} keys\n`);
  }
  return 0;
}

// --- restore ---

function* restore(words: DumperWords): ToolSteps {
  const { file, to } = words;
  const chain = yield* openChain(words);
  if (!chain.ok) return yield* fail(`${file}: ${chain.reason}; nothing was changed`);
  const found = logUntil(chain.parts, to);
  if (found === undefined)
    return yield* fail(
      `${file}: its oldest backup is of ${timeText(chain.parts[0]!.createdAt)}, and what it holds is later than ${timeText(to ?? 0)}; nothing was changed`,
    );
  const replayed = replayLog(found.log, yield* now());
  if (!replayed.ok) return yield* fail(`${file}: ${replayed.reason}; nothing was changed`);
  const problem = yield* connect(words);
  if (problem !== undefined) return yield* fail(`${problem}; nothing was changed`);
  const commands = commandsFor(replayed.state);
  const libraries = replayed.state.scripting.libraries.size > 0;
  const flush = libraries ? [['FUNCTION', 'FLUSH'], ['FLUSHALL']] : [['FLUSHALL']];
  const replies = yield* send(
    [ascii('MULTI')],
    ...flush.map((command) => command.map(ascii)),
    ...commands,
    [ascii('EXEC')],
  );
  const refused = typeof replies === 'string' ? replies : refusalOf(replies);
  if (refused !== undefined) return yield* fail(refused);
  const exact = found.partial || to === null ? '' : ' (of the last backup by then)';
  const last = found.full + found.whole - 1;
  yield* printText(
    `restored ${replayed.keys} keys from ${file}, backups ${found.full} to ${found.partial ? last + 1 : last}${to === null ? '' : `, as of ${timeText(to)}${exact}`}\n`,
  );
  return 0;
}

/** A command that was refused when it was queued makes EXEC carry out none. */
function refusalOf(replies: readonly Reply[]): string | undefined {
  const last = replies.at(-1);
  if (last?.type !== 'array') {
    const first = replies.find(({ type }) => type === 'error') ?? last;
    const why = first?.type === 'error' ? first.value : 'no answer';
    return `the server refused the restore: ${why}; nothing was changed`;
  }
  const error = last.value.find(({ type }) => type === 'error');
  return error?.type === 'error'
    ? `the server carried out the restore, but one command failed: ${error.value}`
    : undefined;
}
