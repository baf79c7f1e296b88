/**
 * Replays one RESP file of the log into the engine, in steps: a job that its owner advances, so that a long load can
 * be watched and interrupted. Outcomes as spec §5.2–5.4, the dangling MULTI of §5.4 included.
 */
import { lowerCase, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Engine } from '../engine/engine.ts';
import { newSession, type Session } from '../engine/session.ts';
import type { Quirk } from './quirks.ts';
import { findKeys, newKeyBatch, noteHash, type KeyBatch } from '../engine/data/key-index.ts';
import {
  frameArguments,
  newFrameReader,
  newReaderBeside,
  readFrame,
  type FrameKind,
  type FrameReader,
} from './aof-reader.ts';

export interface AofLoad {
  readonly bytes: Uint8Array;
  readonly session: Session;
  at: number;
  /** End of the last complete command, and of what stood before an open MULTI. */
  validUpTo: number;
  validBeforeMulti: number;
  commands: number;
  /** The first error that a replayed command returned: Redis logs that one. */
  firstError: { readonly text: string; readonly command: string } | null;
  readonly ahead: FramesAhead;
  readonly repaired: ReadonlySet<Quirk>;
}

/** Frames that are read before the first of them is replayed, and what their second words are. */
interface FramesAhead {
  readonly readers: readonly FrameReader[];
  readonly kinds: FrameKind[];
  readonly keys: KeyBatch;
}

/** Enough to wait for memory together, few enough that what came then is still at hand. */
const FRAMES_AHEAD = 32;

export type LoadStep =
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
  /** The file ends inside a command, or inside a transaction; it is good up to `validUpTo`. */
  | { readonly kind: 'truncated'; readonly validUpTo: number; readonly insideMulti: boolean }
  | { readonly kind: 'bad-format' }
  | { readonly kind: 'unknown-command'; readonly name: string }
  | { readonly kind: 'aborts'; readonly why: string };

const AS_REDIS: ReadonlySet<Quirk> = new Set();

export function newAofLoad(
  bytes: Uint8Array,
  now: Micros,
  start = 0,
  repaired: ReadonlySet<Quirk> = AS_REDIS,
): AofLoad {
  return {
    bytes,
    session: newSession(-1, now, '', '', true),
    at: start,
    validUpTo: start,
    validBeforeMulti: start,
    commands: 0,
    firstError: null,
    ahead: newFramesAhead(),
    repaired,
  };
}

function newFramesAhead(): FramesAhead {
  const first = newFrameReader();
  const beside = Array.from({ length: FRAMES_AHEAD - 1 }, () => newReaderBeside(first));
  return { readers: [first, ...beside], kinds: [], keys: newKeyBatch(FRAMES_AHEAD) };
}

/** Replays up to `budget` commands. */
export function stepAofLoad(load: AofLoad, engine: Engine, now: Micros, budget: number): LoadStep {
  for (let left = budget; left > 0;) {
    const count = readAhead(load, engine, Math.min(left, FRAMES_AHEAD));
    for (let i = 0; i < count; i++) {
      const end = stepFrame(load, engine, now, i);
      if (end !== undefined) return end;
    }
    left -= count;
  }
  return { kind: 'more' };
}

/** Reads up to `most` frames, up to the first that is no command; returns how many. */
function readAhead(load: AofLoad, engine: Engine, most: number): number {
  const { bytes, session } = load;
  const { readers, kinds, keys } = load.ahead;
  let at = load.at;
  let count = 0;
  for (let kind: FrameKind = 'command'; kind === 'command' && count < most; count++) {
    const reader = readers[count]!;
    kind = readFrame(reader, bytes, at);
    kinds[count] = kind;
    at = reader.end;
    // What has no second word, or is no command, looks for the empty key.
    const hasKey = kind === 'command' && reader.count > 1;
    keys.starts[count] = hasKey ? reader.bounds[2]! : 0;
    keys.ends[count] = hasKey ? reader.bounds[3]! : 0;
  }
  const { index, entries } = engine.state.databases[session.db]!.space;
  findKeys(index, entries, bytes, keys, count);
  return count;
}

/** One of the frames that were read; undefined: on with the next. */
function stepFrame(
  load: AofLoad,
  engine: Engine,
  now: Micros,
  frame: number,
): LoadStep | undefined {
  const { bytes, session, ahead } = load;
  const reader = ahead.readers[frame]!;
  const kind = ahead.kinds[frame]!;
  if (kind === 'command') {
    const wasInMulti = session.transaction !== null;
    const key = ahead.keys.keys[frame]!;
    noteHash(engine.state.databases[session.db]!.space.index, key, ahead.keys.hashes[frame]!);
    const words = frameArguments(reader, bytes, key);
    // A transaction keeps its commands until EXEC.
    const argv: readonly ByteString[] = wasInMulti ? words.slice() : words;
    const failure = engine.replay(session, argv, now);
    if (failure === 'unknown') return { kind: 'unknown-command', name: argv[0]! };
    if (failure !== undefined && load.firstError === null && failure.type === 'error')
      load.firstError = { text: failure.value, command: lowerCase(argv[0]!) };
    load.commands++;
    if (!wasInMulti && session.transaction !== null) load.validBeforeMulti = load.validUpTo;
    load.at = reader.end;
    load.validUpTo = reader.end;
    return undefined;
  }
  switch (kind) {
    case 'annotation':
      if (load.repaired.has('torn-annotation') && bytes[reader.end - 1] !== LF)
        return { kind: 'truncated', validUpTo: load.at, insideMulti: false };
      // The offset of the last good command does not move over an annotation (aof.c: valid_up_to).
      load.at = reader.end;
      return undefined;
    case 'end':
      if (session.transaction === null) return { kind: 'done' };
      return { kind: 'truncated', validUpTo: load.validBeforeMulti, insideMulti: true };
    case 'short':
      return shortEnd(load);
    case 'aborts':
      return { kind: 'aborts', why: `negative argument length at offset ${load.at}` };
    case 'bad-format':
      return { kind: 'bad-format' };
  }
}

const LF = 10;
const ASTERISK = 42;

/** The file ends inside a command. */
function shortEnd(load: AofLoad): LoadStep {
  const { repaired, session } = load;
  if (repaired.has('length-past-end') && hasCommandAfter(load)) return { kind: 'bad-format' };
  if (session.transaction !== null && repaired.has('dangling-multi'))
    return { kind: 'truncated', validUpTo: load.validBeforeMulti, insideMulti: true };
  return { kind: 'truncated', validUpTo: load.validUpTo, insideMulti: false };
}

/** Whether a whole command begins at some line of what would be cut off: then it is no torn tail. */
function hasCommandAfter({ bytes, at }: AofLoad): boolean {
  const reader = newFrameReader();
  for (let i = at + 1; i < bytes.length; i++) {
    if (bytes[i] === ASTERISK && bytes[i - 1] === LF && readFrame(reader, bytes, i) === 'command')
      return true;
  }
  return false;
}
