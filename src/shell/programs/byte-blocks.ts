/** The bytes of some files, one behind the other, in blocks of one size; for programs that print a line a block. */
import { ascii, EMPTY, sliceBytes, type ByteString } from '../../base/bytes.ts';
import { close, complain, reasonOf, tryRead, workThrough, type Run } from '../program.ts';
import { openInput } from './input.ts';

export interface BlockReader {
  readonly program: string;
  readonly paths: ByteString[];
  fd: number | null;
  bytes: ByteString;
  /** How many files could be opened. */
  opened: number;
  status: number;
}

export function newBlockReader(program: string, paths: readonly ByteString[]): BlockReader {
  const all = paths.length === 0 ? [ascii('-')] : [...paths];
  return { program, paths: all, fd: null, bytes: EMPTY, opened: 0, status: 0 };
}

/** As many bytes as there are, at most `size`; empty at the end of the last file. */
export function* nextBlock(reader: BlockReader, size: number): Run<ByteString> {
  while (reader.bytes.length < size) {
    if (reader.fd === null) {
      const path = reader.paths.shift();
      if (path === undefined) break;
      const fd = yield* openInput(reader.program, path);
      if (fd === undefined) {
        reader.status = 1;
        continue;
      }
      reader.fd = fd;
      reader.opened++;
    }
    const more = yield* tryRead(reader.fd);
    if (typeof more === 'string' && more !== '') {
      yield* workThrough(more.length, 20);
      reader.bytes = ascii(reader.bytes + more);
      continue;
    }
    if (typeof more === 'object') {
      yield* complain(`${reader.program}: ${reasonOf(more.errno)}`);
      reader.status = 1;
    }
    if (reader.fd > 2) yield* close(reader.fd);
    reader.fd = null;
  }
  const block = sliceBytes(reader.bytes, 0, size);
  reader.bytes = sliceBytes(reader.bytes, block.length);
  return block;
}

/** False: there were not so many. */
export function* passOver(reader: BlockReader, count: number): Run<boolean> {
  for (let left = count; left > 0;) {
    const block = yield* nextBlock(reader, Math.min(left, 65_536));
    if (block === '') return false;
    left -= block.length;
  }
  return true;
}
