/** What most programs do with their files: open each in turn, say what cannot be read, go on. */
import { ascii, EMPTY, sliceBytes, type ByteString } from '../../base/bytes.ts';
import { call, close, complain, open, readAll, reasonOf, tryRead, type Run } from '../program.ts';

/** A descriptor for a file, `-` being stdin; what stands in the way is said, as `name: path: reason`. */
export function* openInput(
  program: string,
  path: ByteString,
  how: 'plain' | 'quoted' | 'opening' = 'plain',
): Run<number | undefined> {
  if (path === '-') return 0;
  const fd = yield* open(path, 'read');
  if (typeof fd === 'number') return fd;
  const reason = reasonOf(fd.errno);
  if (how === 'opening')
    yield* complain(`${program}: cannot open '${path}' for reading: ${reason}`);
  else yield* complain(`${program}: ${how === 'quoted' ? `'${path}'` : path}: ${reason}`);
  return undefined;
}

/** All of a file or of stdin; undefined: what failed has been said. */
export function* wholeInput(
  program: string,
  path: ByteString,
  how: 'plain' | 'quoted' | 'opening' = 'plain',
): Run<ByteString | undefined> {
  const fd = yield* openInput(program, path, how);
  if (fd === undefined) return undefined;
  const first = yield* tryRead(fd);
  if (typeof first === 'object') {
    const what = how === 'opening' ? `error reading '${path}'` : path;
    yield* complain(`${program}: ${what}: ${reasonOf(first.errno)}`);
    if (fd > 2) yield* close(fd);
    return undefined;
  }
  const rest = first === '' ? EMPTY : yield* readAll(fd);
  if (fd > 2) yield* close(fd);
  return ascii(first + rest);
}

/** The files' texts one behind the other; the status is 1 if one could not be read. */
export function* allInput(
  program: string,
  paths: readonly ByteString[],
  how: 'plain' | 'quoted' | 'opening' = 'plain',
): Run<{ readonly text: ByteString; readonly status: number }> {
  const parts: ByteString[] = [];
  let status = 0;
  for (const path of paths.length === 0 ? [ascii('-')] : paths) {
    const text = yield* wholeInput(program, path, how);
    if (text === undefined) status = 1;
    else parts.push(text);
  }
  return { text: ascii(parts.join('')), status };
}

export interface LineReader {
  readonly fd: number;
  rest: ByteString;
  ended: boolean;
}

export function newLineReader(fd: number): LineReader {
  return { fd, rest: EMPTY, ended: false };
}

/** The next line with its newline, if it has one; empty at the end. */
export function* nextLine(reader: LineReader): Run<ByteString> {
  const parts: ByteString[] = [];
  for (;;) {
    const newline = reader.rest.indexOf('\n');
    if (newline >= 0) {
      parts.push(sliceBytes(reader.rest, 0, newline + 1));
      reader.rest = sliceBytes(reader.rest, newline + 1);
      return ascii(parts.join(''));
    }
    parts.push(reader.rest);
    reader.rest = EMPTY;
    if (reader.ended) return ascii(parts.join(''));
    const more = yield* tryRead(reader.fd);
    if (typeof more === 'object' || more === '') reader.ended = true;
    else reader.rest = more;
  }
}

/** The lines of a text, without their newlines. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

export function* isDirectory(path: string): Run<boolean> {
  const found = yield* call({ call: 'stat', path });
  return found.ok && found.stat?.kind === 'directory';
}

export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? (path === '' ? '' : '/') : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

export function joinPath(folder: string, name: string): ByteString {
  return ascii(folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`);
}
