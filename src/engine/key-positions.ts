/** Which words of a command are keys, by its key specifications (db.c:getKeysFromCommandWithSpecs). */
import type { ByteString } from '../base/bytes.ts';
import { parseInt64 } from '../base/integers.ts';
import { is } from './arguments.ts';
import type { Command, KeySpec } from './command.ts';

export interface KeyUse {
  readonly key: ByteString;
  /** Where it stands among the words. */
  readonly position: number;
  /** What the command does with it: `RO`, `RW`, `OW`, `RM`, `access`, `update`, `insert`, `delete`. */
  readonly flags: readonly string[];
}

/** Undefined if the words do not fit the specifications. */
export function keysOf({ facts }: Command, argv: readonly ByteString[]): KeyUse[] | undefined {
  if (facts.name === 'sort') return sortKeys(argv);
  const keys: KeyUse[] = [];
  for (const spec of facts.keySpecs) {
    const first = firstPosition(spec, argv);
    if (first === undefined) continue;
    const positions = positionsFrom(spec, first, argv);
    if (positions === undefined) return undefined;
    const flags = spec.flags.includes('variable_flags') ? usedFlags(facts.name, argv) : spec.flags;
    for (const position of positions) {
      const key = argv[position];
      if (key === undefined) return undefined;
      keys.push({ key, flags, position });
    }
  }
  // MIGRATE of several keys has an empty word where the one key would be.
  return facts.name === 'migrate' && keys.length > 1 ? keys.slice(1) : keys;
}

/** db.c:sortGetKeys: only the last STORE counts, and a pattern may be called STORE. */
function sortKeys(argv: readonly ByteString[]): KeyUse[] {
  const keys: KeyUse[] = [{ key: argv[1]!, flags: ['RO', 'access'], position: 1 }];
  for (let i = 2; i < argv.length; i++) {
    if (is(argv[i], 'LIMIT')) i += 2;
    else if (is(argv[i], 'GET') || is(argv[i], 'BY')) i++;
    else if (is(argv[i], 'STORE') && i + 1 < argv.length) {
      keys[1] = { key: argv[i + 1]!, flags: ['OW', 'update'], position: i + 1 };
      i++;
    }
  }
  return keys;
}

function firstPosition(
  { begin_search: { type, spec } }: KeySpec,
  argv: readonly ByteString[],
): number | undefined {
  if (type === 'index') return Number(spec['index']);
  if (type !== 'keyword') return undefined;
  const from = Number(spec['startfrom']);
  const step = from > 0 ? 1 : -1;
  for (let i = from > 0 ? from : argv.length + from; i > 0 && i < argv.length; i += step) {
    // The keyword's own place is not a key's: something has to follow it.
    if (is(argv[i], String(spec['keyword'])) && i + 1 < argv.length) return i + 1;
  }
  return undefined;
}

function positionsFrom(
  { find_keys: { type, spec } }: KeySpec,
  first: number,
  argv: readonly ByteString[],
): number[] | undefined {
  if (type === 'range') {
    const step = Number(spec['keystep']);
    const limit = Number(spec['limit']);
    const lastKey = Number(spec['lastkey']);
    let last = lastKey >= 0 ? first + lastKey : argv.length + lastKey;
    if (lastKey < 0 && limit > 1)
      last = first + Math.floor((argv.length - first) / limit) + lastKey;
    return steps(first, last, step);
  }
  if (type === 'keynum') {
    const count = parseInt64(argv[first + Number(spec['keynumidx'])] ?? argv[0]!);
    if (typeof count !== 'number' || count < 0) return undefined;
    const step = Number(spec['keystep']);
    const start = first + Number(spec['firstkey']);
    // Not allocated by a number that is merely claimed.
    if (start + (count - 1) * step >= argv.length) return undefined;
    return steps(start, start + (count - 1) * step, step);
  }
  return undefined;
}

function steps(first: number, last: number, step: number): number[] {
  const positions: number[] = [];
  for (let i = first; i <= last; i += step) positions.push(i);
  return positions;
}

/** Commands whose words decide whether the key is read, written or both (t_string.c:setGetKeys, bitfieldGetKeys). */
function usedFlags(name: string, argv: readonly ByteString[]): readonly string[] {
  if (name === 'bitfield') {
    const writes = argv.slice(2).some((word) => is(word, 'SET') || is(word, 'INCRBY'));
    return writes ? ['RW', 'access', 'update'] : ['RO', 'access'];
  }
  return argv.slice(3).some((word) => is(word, 'GET'))
    ? ['RW', 'access', 'update']
    : ['OW', 'update'];
}
