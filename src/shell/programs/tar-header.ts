/** A header block of tar, in GNU's format, as GNU tar writes it; ustar and pax names are read too. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';

export const BLOCK = 512;

export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  readonly size: number;
  readonly modifiedAt: Micros;
}

export type TarHeader =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  /** The next entry's name is longer than a header has room for; it stands in the data, of so many bytes. */
  | { readonly kind: 'long-name' | 'pax' | 'other'; readonly size: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'bad' };

const LONGEST_NAME = 100;

/** One block, or more where the name is long. */
export function tarHeader({ name, kind, mode, size, modifiedAt }: TarEntry): ByteString {
  const seconds = Math.floor(modifiedAt / 1e6);
  const own = block(name.slice(0, LONGEST_NAME), mode, size, seconds, kind === 'file' ? '0' : '5');
  if (name.length <= LONGEST_NAME) return own;
  const long = `${name}\0`;
  return ascii(block('././@LongLink', 0o644, long.length, 0, 'L') + padded(long) + own);
}

function padded(data: string): string {
  return data.padEnd(Math.ceil(data.length / BLOCK) * BLOCK, '\0');
}

function block(
  name: string,
  mode: number,
  size: number,
  seconds: number,
  type: string,
): ByteString {
  const octal = (value: number, width: number): string =>
    `${value.toString(8).padStart(width - 1, '0')}\0`;
  const before =
    name.padEnd(100, '\0') +
    octal(mode, 8) +
    octal(0, 8) +
    octal(0, 8) +
    octal(size, 12) +
    octal(seconds, 12);
  const owner = 'root'.padEnd(32, '\0');
  const after = `${type}${'\0'.repeat(100)}ustar  \0${owner}${owner}`;
  let sum = 8 * 0x20;
  for (const char of before + after) sum += char.charCodeAt(0);
  return ascii(`${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`.padEnd(BLOCK, '\0'));
}

export function readTarHeader(bytes: ByteString): TarHeader {
  if (bytes === '' || /^\0*$/.test(bytes)) return { kind: 'end' };
  if (bytes.length < BLOCK) return { kind: 'bad' };
  const text = (at: number, length: number): string =>
    bytes.slice(at, at + length).split('\0')[0] ?? '';
  const octal = (at: number, length: number): number => parseInt(text(at, length).trim() || '0', 8);
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : bytes.charCodeAt(i);
  if (sum !== octal(148, 8)) return { kind: 'bad' };
  const size = octal(124, 12);
  const type = bytes.charAt(156);
  if (type === 'L') return { kind: 'long-name', size };
  if (type === 'x') return { kind: 'pax', size };
  if (type !== '0' && type !== '\0' && type !== '5') return { kind: 'other', size };
  const prefix = bytes.startsWith('ustar\0', 257) ? text(345, 155) : '';
  return {
    kind: 'entry',
    entry: {
      name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
      kind: type === '5' ? 'directory' : 'file',
      mode: octal(100, 8),
      size: type === '5' ? 0 : size,
      modifiedAt: octal(136, 12) * 1e6,
    },
  };
}

/** The path that a pax header gives the next entry. */
export function paxPath(data: string): string | undefined {
  return /^\d+ path=([^\n]*)\n/m.exec(data)?.[1];
}
