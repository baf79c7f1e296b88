/**
 * The manifest of a multi-part AOF: which files make up the log, in which order. Grammar and error texts as
 * aof.c:aofLoadManifestFromFile (spec §4.2).
 */
import { ascii, byteStringOf, bytesOf, equalsIgnoreCase, type ByteString } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';

export type AofFileType = 'base' | 'history' | 'incr';

export interface AofFile {
  readonly name: string;
  readonly sequence: number;
  readonly type: AofFileType;
}

export interface Manifest {
  base: AofFile | null;
  /** Newest first, as they are written. */
  history: AofFile[];
  /** Oldest first. */
  incr: AofFile[];
  /** Highest numbers ever given out. */
  baseSequence: number;
  incrSequence: number;
}

export type ManifestParse =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly line: number; readonly text: string; readonly reason: string };

/** aof.c: MANIFEST_MAX_LINE. */
const MAX_LINE = 1024;
const LETTERS: Readonly<Record<AofFileType, string>> = { base: 'b', history: 'h', incr: 'i' };

export function newManifest(): Manifest {
  return { base: null, history: [], incr: [], baseSequence: 0, incrSequence: 0 };
}

export function isEmptyManifest(manifest: Manifest): boolean {
  return manifest.base === null && manifest.incr.length === 0;
}

export function formatManifest(manifest: Manifest): string {
  const files = [
    ...(manifest.base === null ? [] : [manifest.base]),
    ...manifest.history,
    ...manifest.incr,
  ];
  return files
    .map(
      ({ name, sequence, type }) => `file ${quoted(name)} seq ${sequence} type ${LETTERS[type]}\n`,
    )
    .join('');
}

export function manifestBytes(manifest: Manifest): Uint8Array {
  return bytesOf(ascii(formatManifest(manifest)));
}

export function parseManifest(bytes: Uint8Array): ManifestParse {
  const manifest = newManifest();
  let line = 0;
  let previousIncr = 0;
  const refuse = (text: string, reason: string): ManifestParse => ({
    ok: false,
    line,
    text,
    reason,
  });
  if (bytes.length === 0) return refuse('', 'Found an empty AOF manifest');
  for (let at = 0; at < bytes.length;) {
    line++;
    // A piece of a line that is too long counts as a line, also that of a comment.
    const piece = bytes.subarray(at, at + MAX_LINE);
    const newline = piece.indexOf(10);
    const end = newline < 0 ? piece.length : newline + 1;
    const raw = byteStringOf(piece, 0, end);
    at += end;
    if (raw.startsWith('#')) continue;
    // A NUL hides the end of its line.
    if (newline < 0 || raw.includes('\0'))
      return refuse(raw, 'The AOF manifest file contains too long line');
    const text = trim(raw);
    const words = text === '' ? undefined : splitArguments(text);
    if (words === undefined || words.length < 6 || words.length % 2 !== 0)
      return refuse(text, 'Invalid AOF manifest file format');
    const file = readFile(words);
    if (typeof file === 'string') return refuse(text, file);
    if (file.type === 'base') {
      if (manifest.base !== null) return refuse(text, 'Found duplicate base file information');
      manifest.base = file;
      manifest.baseSequence = file.sequence;
    } else if (file.type === 'history') {
      manifest.history.push(file);
    } else {
      if (file.sequence <= previousIncr)
        return refuse(text, 'Found a non-monotonic sequence number');
      previousIncr = file.sequence;
      manifest.incr.push(file);
      manifest.incrSequence = file.sequence;
    }
  }
  return { ok: true, manifest };
}

function readFile(words: readonly ByteString[]): AofFile | string {
  let name: ByteString | undefined;
  let sequence = 0;
  let letter = '';
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1]!;
    if (equalsIgnoreCase(words[i]!, 'file')) {
      if (value.includes('/') || value.includes('\\'))
        return "File can't be a path, just a filename";
      name = value;
    } else if (equalsIgnoreCase(words[i]!, 'seq')) {
      sequence = leadingInteger(value);
    } else if (equalsIgnoreCase(words[i]!, 'type')) {
      letter = value.slice(0, 1);
    }
  }
  if (name === undefined || sequence === 0 || letter === '')
    return 'Invalid AOF manifest file format';
  const type =
    letter === 'b' ? 'base' : letter === 'h' ? 'history' : letter === 'i' ? 'incr' : undefined;
  return type === undefined ? 'Unknown AOF file type' : { name, sequence, type };
}

/** atoll(3): digits at the front, 0 if there are none. */
function leadingInteger(word: ByteString): number {
  let value = 0;
  let at = word.startsWith('-') || word.startsWith('+') ? 1 : 0;
  for (; at < word.length; at++) {
    const digit = word.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = Math.min(value * 10 + digit, Number.MAX_SAFE_INTEGER);
  }
  return word.startsWith('-') ? -value : value;
}

/** sdstrim(" \t\r\n"). */
function trim(line: ByteString): ByteString {
  let start = 0;
  let end = line.length;
  while (start < end && ' \t\r\n'.includes(line[start]!)) start++;
  while (end > start && ' \t\r\n'.includes(line[end - 1]!)) end--;
  return byteStringOf(bytesOf(line), start, end);
}

/** Names with blanks or control bytes are quoted (sdsneedsrepr). */
function quoted(name: string): string {
  if (!/[\s"'\\\x00-\x1f\x7f-\xff]/.test(name)) return name;
  let text = '"';
  for (const char of name) {
    const code = char.charCodeAt(0);
    if (char === '"' || char === '\\') text += `\\${char}`;
    else if (code < 32 || code > 126) text += `\\x${code.toString(16).padStart(2, '0')}`;
    else text += char;
  }
  return `${text}"`;
}

// --- names ---

export function manifestName(appendFilename: string): string {
  return `${appendFilename}.manifest`;
}
export function baseName(appendFilename: string, sequence: number, format: 'rdb' | 'aof'): string {
  return `${appendFilename}.${sequence}.base.${format}`;
}
export function incrName(appendFilename: string, sequence: number): string {
  return `${appendFilename}.${sequence}.incr.aof`;
}
export function tempIncrName(appendFilename: string): string {
  return `temp-${appendFilename}.incr`;
}

/** A copy with the next incr file at its end. */
export function withNextIncr(manifest: Manifest, appendFilename: string): Manifest {
  const sequence = manifest.incrSequence + 1;
  const file: AofFile = { name: incrName(appendFilename, sequence), sequence, type: 'incr' };
  return {
    ...manifest,
    history: manifest.history.slice(),
    incr: [...manifest.incr, file],
    incrSequence: sequence,
  };
}

/** A copy with a new base; the old base, and the incr files but for the last `keep`, become history. */
export function withNextBase(
  manifest: Manifest,
  appendFilename: string,
  format: 'rdb' | 'aof',
  keep: number,
): Manifest {
  const sequence = manifest.baseSequence + 1;
  const old = manifest.incr.slice(0, Math.max(0, manifest.incr.length - keep));
  const retired = (file: AofFile): AofFile => ({ ...file, type: 'history' });
  const history = [...manifest.history];
  if (manifest.base !== null) history.unshift(retired(manifest.base));
  // The newest is put in front, one by one, from the youngest of the retired ones to the oldest.
  for (const file of old.slice().reverse()) history.unshift(retired(file));
  return {
    base: { name: baseName(appendFilename, sequence, format), sequence, type: 'base' },
    history,
    incr: manifest.incr.slice(manifest.incr.length - Math.min(keep, manifest.incr.length)),
    baseSequence: sequence,
    incrSequence: manifest.incrSequence,
  };
}

export function withoutHistory(manifest: Manifest): Manifest {
  return { ...manifest, history: [] };
}
