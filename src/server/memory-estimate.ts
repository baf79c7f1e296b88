/**
 * What a real server of 7.2 would use of memory for this data set, estimated: a JavaScript host cannot say. Values are
 * taken from a sample of the keys, spread evenly, so that INFO costs the same whatever the number of keys.
 */
import type { KeySpace } from '../engine/data/key-space.ts';
import { keySize, slotsSize, valueSize } from '../engine/data/value-size.ts';
import type { ScriptingState } from '../engine/scripting-state.ts';
import type { MemoryFacts } from '../engine/server-port.ts';
import type { ServerState } from './state.ts';

export interface MemoryEstimate {
  readonly used: number;
  /** What an empty server uses. */
  readonly startup: number;
  /** Everything but the keys and values. */
  readonly overhead: number;
  readonly clients: number;
  readonly aofBuffer: number;
}

const STARTUP = 865_000;
const CLIENT = 1928;
/** Keys that are looked at in each database, and elements in each value. */
const SAMPLED_KEYS = 512;
const SAMPLED_ELEMENTS = 16;
/** sizeof(dictEntry). */
const ENTRY = 24;
const PAGE = 4096;
/** What the program itself takes of memory. */
const IMAGE = 5_242_880;

export function estimateMemory(state: ServerState): MemoryEstimate {
  let tables = 0;
  let data = 0;
  for (const { space } of state.engine.databases) {
    tables += tableSize(space.entries.length) + tableSize(space.expiring.length);
    data += dataBytes(space);
  }
  let sessions = 0;
  for (const { loading } of state.engine.sessions.values()) if (!loading) sessions++;
  const clients = sessions * CLIENT;
  const aofBuffer = state.aof.mode === 'off' ? 0 : state.aof.buffer.length;
  const overhead = STARTUP + tables + clients + aofBuffer;
  return { used: overhead + data, startup: STARTUP, overhead, clients, aofBuffer };
}

/** As estimateMemory, with what it amounts to for the system and the peak so far. */
export function memoryFacts(state: ServerState): MemoryFacts {
  const { used, startup, overhead, clients, aofBuffer } = estimateMemory(state);
  state.peakMemory = Math.max(state.peakMemory, used);
  // There is no allocator whose waste could be measured: what is used stands in whole pages.
  const active = Math.ceil(used / PAGE) * PAGE;
  const { cachedBytes, functionBytes } = scriptFacts(state.engine.scripting);
  return {
    used,
    startup,
    overhead,
    clients,
    aofBuffer,
    active,
    scripts: cachedBytes + functionBytes,
    rss: active + IMAGE,
    peak: state.peakMemory,
    databases: state.engine.databases
      .filter(({ space }) => space.entries.length > 0)
      .map(({ id, space }) => ({
        id,
        main: tableSize(space.entries.length),
        expires: tableSize(space.expiring.length),
      })),
  };
}

function tableSize(entries: number): number {
  return slotsSize(entries) + entries * ENTRY;
}

/** The values, and the keys' bytes; their entries stand in the tables. */
function dataBytes({ entries }: KeySpace): number {
  if (entries.length === 0) return 0;
  const step = Math.max(1, Math.floor(entries.length / SAMPLED_KEYS));
  let bytes = 0;
  let seen = 0;
  for (let i = 0; i < entries.length; i += step) {
    const { key, value } = entries[i]!;
    bytes += keySize(key) - ENTRY + valueSize(value, SAMPLED_ELEMENTS);
    seen++;
  }
  return Math.round((bytes / seen) * entries.length);
}

/** Scripts that EVAL has brought, and functions, with the bytes that a real server keeps for them. */
export function scriptFacts({ scripts, libraries }: ScriptingState): ScriptFacts {
  let cachedBytes = slotsSize(scripts.size);
  for (const code of scripts.values()) cachedBytes += SCRIPT + ENTRY + valueSize(code, 1) - OBJECT;
  let functions = 0;
  let functionBytes = NO_FUNCTIONS + slotsSize(libraries.size);
  for (const library of libraries.values()) {
    functions += library.functions.size;
    functionBytes += ENTRY + keySize(library.name) + library.code.length;
    for (const name of library.functions.keys()) functionBytes += ENTRY + keySize(name);
  }
  const { size: cached } = scripts;
  return { cached, cachedBytes, functions, libraries: libraries.size, functionBytes };
}

export interface ScriptFacts {
  readonly cached: number;
  readonly cachedBytes: number;
  readonly functions: number;
  readonly libraries: number;
  readonly functionBytes: number;
}

/** sizeof(luaScript) with the text of its SHA-1, sizeof(robj), and the tables of functions while they are empty. */
const SCRIPT = 16 + 48;
const OBJECT = 16;
const NO_FUNCTIONS = 200;
