/**
 * Which arguments of a logged command are keys: the first one, but for the commands listed here
 * (first, last, step as COMMAND gives them; a negative last counts from the end).
 */
import { byteStringOf, EMPTY, lowerCase } from '../../base/bytes.ts';
import type { ByteString } from '../../base/bytes.ts';

type Place = readonly [first: number, last: number, step: number];

const FIRST: Place = [1, 1, 1];
const NONE: Place = [0, 0, 0];
const ALL: Place = [1, -1, 1];
const TWO: Place = [1, 2, 1];

const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ...group(ALL, 'del unlink sinterstore sunionstore sdiffstore pfmerge'),
  ...group(
    TWO,
    'rename renamenx copy smove lmove rpoplpush brpoplpush blmove zrangestore geosearchstore',
  ),
  ...group([1, -1, 2], 'mset msetnx'),
  ...group([2, -1, 1], 'bitop'),
  ...group([2, 2, 1], 'xgroup pfdebug'),
  ...group(NONE, 'select multi exec flushall flushdb swapdb function'),
]);

/** Under both cases: few learners mix them, and a hot path is spared the change. */
function group(place: Place, names: string): [string, Place][] {
  return names.split(' ').flatMap((name): [string, Place][] => [
    [name, place],
    [name.toUpperCase(), place],
  ]);
}

function placeOf(name: ByteString): Place {
  return places.get(name) ?? places.get(lowerCase(name)) ?? FIRST;
}

/** The commands that change every key without naming one. */
const sweeping: ReadonlySet<string> = new Set(['flushall', 'flushdb', 'swapdb']);

export function namesEveryKey(name: ByteString): boolean {
  return sweeping.has(lowerCase(name));
}

/** The command's name as it was logged; empty when the record has none. */
export function commandNameOf(bytes: Uint8Array, spans: readonly number[]): ByteString {
  const [from, to] = spans;
  if (from === undefined || to === undefined) return EMPTY;
  return byteStringOf(bytes, from, Math.min(to, from + 32));
}

/** Calls `visit` with each key's span until it answers true; says whether it did. */
export function someKey(
  bytes: Uint8Array,
  spans: readonly number[],
  visit: (from: number, to: number) => boolean,
): boolean {
  const count = spans.length / 2;
  const [first, last, step] = placeOf(commandNameOf(bytes, spans));
  if (step === 0) return false;
  const end = last < 0 ? count + last : last;
  for (let i = first; i <= end && i < count; i += step) {
    if (visit(spans[2 * i] ?? 0, spans[2 * i + 1] ?? 0)) return true;
  }
  return false;
}

/** The first key's place among the arguments; 0 for a command without one. */
export function firstKeyPlace(name: ByteString): number {
  return placeOf(name)[0];
}
