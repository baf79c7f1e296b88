/**
 * Replays one RESP file of the log into the engine, in steps: a job that its owner advances, so that a long load can
 * be watched and interrupted. Outcomes as spec §5.2–5.4, the dangling MULTI of §5.4 included.
 */
import { lowerCase, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Engine } from '../engine/engine.ts';
import { newSession, type Session } from '../engine/session.ts';
import type { Quirk } from './quirks.ts';
import { frameArguments, newFrameReader, readFrame, type FrameReader } from './aof-reader.ts';

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
  readonly reader: FrameReader;
  readonly repaired: ReadonlySet<Quirk>;
}

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
    reader: newFrameReader(),
    repaired,
  };
}

/** Replays up to `budget` commands. */
export function stepAofLoad(load: AofLoad, engine: Engine, now: Micros, budget: number): LoadStep {
  const { bytes, session, reader } = load;
  for (let left = budget; left > 0; left--) {
    const kind = readFrame(reader, bytes, load.at);
    if (kind === 'command') {
      const wasInMulti = session.transaction !== null;
      const words = frameArguments(reader, bytes);
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
    } else if (kind === 'annotation') {
      if (load.repaired.has('torn-annotation') && bytes[reader.end - 1] !== LF)
        return { kind: 'truncated', validUpTo: load.at, insideMulti: false };
      // The offset of the last good command does not move over an annotation (aof.c: valid_up_to).
      load.at = reader.end;
    } else if (kind === 'end') {
      if (session.transaction === null) return { kind: 'done' };
      return { kind: 'truncated', validUpTo: load.validBeforeMulti, insideMulti: true };
    } else if (kind === 'short') {
      return shortEnd(load);
    } else if (kind === 'aborts') {
      return { kind: 'aborts', why: `negative argument length at offset ${load.at}` };
    } else {
      return { kind: 'bad-format' };
    }
  }
  return { kind: 'more' };
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
