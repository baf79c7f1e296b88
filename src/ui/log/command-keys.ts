/**
 * Which arguments of a logged command are keys: the first one, but for the commands listed here
 * (first, last, step as COMMAND gives them; a negative last counts from the end).
 */
import { byteStringOf, lowerCase } from '../../base/bytes.ts';

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

function group(place: Place, names: string): [string, Place][] {
  return names.split(' ').map((name) => [name, place]);
}

/** The commands that change every key without naming one. */
const sweeping: ReadonlySet<string> = new Set(['flushall', 'flushdb', 'swapdb']);

export function namesEveryKey(name: string): boolean {
  return sweeping.has(name);
}

/** The command's name in lower case; empty when the record has none. */
export function commandNameOf(bytes: Uint8Array, spans: readonly number[]): string {
  const [from, to] = spans;
  if (from === undefined || to === undefined) return '';
  return lowerCase(byteStringOf(bytes, from, Math.min(to, from + 32)));
}

/** Calls `visit` with each key's span until it answers true; says whether it did. */
export function someKey(
  bytes: Uint8Array,
  spans: readonly number[],
  visit: (from: number, to: number) => boolean,
): boolean {
  const count = spans.length / 2;
  const [first, last, step] = places.get(commandNameOf(bytes, spans)) ?? FIRST;
  if (step === 0) return false;
  const end = last < 0 ? count + last : last;
  for (let i = first; i <= end && i < count; i += step) {
    if (visit(spans[2 * i] ?? 0, spans[2 * i + 1] ?? 0)) return true;
  }
  return false;
}

/** The first key's place among the arguments; 0 for a command without one. */
export function firstKeyPlace(name: string): number {
  return (places.get(name) ?? FIRST)[0];
}
