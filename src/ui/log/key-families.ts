/**
 * Keys by the family that a fold names: `sensor:*` for sensor:0552, `k*` for k17, the key itself
 * otherwise. Families are numbered in the order of their appearance, so that a set of them is a mask
 * of 32 bits; what comes after the thirtieth shares one number.
 */
import { ascii, byteStringOf, concatBytes, sliceBytes, utf8Decode } from '../../base/bytes.ts';
import type { ByteString } from '../../base/bytes.ts';
import { printableLine } from '../../cli/printable.ts';
import { commandNameOf, firstKeyPlace } from './command-keys.ts';
import { argumentSpans } from './record-text.ts';

const NAMED = 30;
export const otherFamily = 30;
/** Records that frame others or name no key: SELECT, MULTI, EXEC, FLUSHALL. */
export const noFamily = 31;

const LONGEST = 48;
const COLON = 0x3a;
/** Marks a stem that stands for many keys; printed as a star, which a key may itself end in. */
const STAR = ascii('\0');

export class KeyFamilies {
  #numbers = new Map<ByteString, number>();
  #names: string[] = [];

  /** The number of the family of a record's first key. */
  of(bytes: Uint8Array, start: number, end: number): number {
    const spans = argumentSpans(bytes, start, end, 3);
    const place = firstKeyPlace(commandNameOf(bytes, spans));
    const from = spans[2 * place];
    const to = spans[2 * place + 1];
    if (place === 0 || from === undefined || to === undefined) return noFamily;

    const stem = stemOf(bytes, from, to);
    const known = this.#numbers.get(stem);
    if (known !== undefined) return known;
    if (this.#names.length >= NAMED) return otherFamily;
    const number = this.#names.length;
    this.#numbers.set(stem, number);
    this.#names.push(printableStem(stem));
    return number;
  }

  /** The names behind a mask, and whether it holds keys beyond the named ones. */
  namesIn(mask: number): { readonly names: readonly string[]; readonly others: boolean } {
    const names = this.#names.filter((_, number) => ((mask >>> number) & 1) === 1);
    return { names, others: ((mask >>> otherFamily) & 1) === 1 };
  }

  clear(): void {
    this.#numbers.clear();
    this.#names = [];
  }
}

function stemOf(bytes: Uint8Array, from: number, to: number): ByteString {
  const stop = Math.min(to, from + LONGEST);
  for (let at = from; at < stop; at++) {
    if (bytes[at] === COLON) return withStar(byteStringOf(bytes, from, at + 1));
  }
  if (stop < to) return withStar(byteStringOf(bytes, from, stop));
  let end = to;
  while (end > from && isDigit(bytes[end - 1] ?? 0)) end--;
  return end < to ? withStar(byteStringOf(bytes, from, end)) : byteStringOf(bytes, from, to);
}

function withStar(stem: ByteString): ByteString {
  return concatBytes(stem, STAR);
}

function printableStem(stem: ByteString): string {
  const open = stem.endsWith(STAR);
  const text = utf8Decode(open ? sliceBytes(stem, 0, -1) : stem);
  return `${printableLine(text)}${open ? '*' : ''}`;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
