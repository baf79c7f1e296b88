/**
 * Keys by the family that a fold names: `sensor:*` for sensor:0552, `k*` for k17, the key itself
 * otherwise. Families are numbered in the order of their appearance, so that a set of them is a mask
 * of 32 bits; what comes after the thirtieth shares one number.
 */
import { byteStringOf, utf8Decode } from '../../base/bytes.ts';
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
/** Beginnings of records whose family is known by them; a workload writes few kinds of records. */
const REMEMBERED = 8;

interface Beginning {
  readonly bytes: Uint8Array;
  readonly family: number;
}

export class KeyFamilies {
  #open = new Map<ByteString, number>();
  #exact = new Map<ByteString, number>();
  #names: string[] = [];
  #beginnings: Beginning[] = [];

  /** The number of the family of a record's first key. */
  of(bytes: Uint8Array, start: number, end: number): number {
    for (const beginning of this.#beginnings) {
      if (beginsWith(bytes, start, end, beginning.bytes)) return beginning.family;
    }
    const spans = argumentSpans(bytes, start, end, 3);
    const place = firstKeyPlace(commandNameOf(bytes, spans));
    const from = spans[2 * place];
    const to = spans[2 * place + 1];
    if (place === 0 || from === undefined || to === undefined) return noFamily;

    const stop = Math.min(to, from + LONGEST);
    for (let at = from; at < stop; at++) {
      if (bytes[at] !== COLON) continue;
      const family = this.#number(this.#open, byteStringOf(bytes, from, at + 1), '*');
      this.#remember(bytes.slice(start, at + 1), family);
      return family;
    }
    if (stop < to) return this.#number(this.#open, byteStringOf(bytes, from, stop), '*');
    let stem = to;
    while (stem > from && isDigit(bytes[stem - 1] ?? 0)) stem--;
    return stem < to
      ? this.#number(this.#open, byteStringOf(bytes, from, stem), '*')
      : this.#number(this.#exact, byteStringOf(bytes, from, to), '');
  }

  #number(known: Map<ByteString, number>, stem: ByteString, ending: string): number {
    const number = known.get(stem);
    if (number !== undefined) return number;
    if (this.#names.length >= NAMED) return otherFamily;
    known.set(stem, this.#names.length);
    return this.#names.push(printableLine(utf8Decode(stem)) + ending) - 1;
  }

  #remember(bytes: Uint8Array, family: number): void {
    this.#beginnings.unshift({ bytes, family });
    if (this.#beginnings.length > REMEMBERED) this.#beginnings.pop();
  }

  /** The names behind a mask, and whether it holds keys beyond the named ones. */
  namesIn(mask: number): { readonly names: readonly string[]; readonly others: boolean } {
    const names = this.#names.filter((_, number) => ((mask >>> number) & 1) === 1);
    return { names, others: ((mask >>> otherFamily) & 1) === 1 };
  }

  clear(): void {
    this.#open.clear();
    this.#exact.clear();
    this.#beginnings = [];
    this.#names = [];
  }
}

function beginsWith(bytes: Uint8Array, start: number, end: number, beginning: Uint8Array): boolean {
  const length = beginning.length;
  if (end - start < length) return false;
  // From behind: records of one workload differ least at their start.
  for (let i = length - 1; i >= 0; i--) if (bytes[start + i] !== beginning[i]) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
