/**
 * Who waits for which keys, first come first served (blocked.c). A client that waits keeps the words of its command:
 * when a key that it waits for may have what it wants, the command is run again as if it had just arrived, and either
 * finds something or waits on, at the end of the row.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { entryOf, type Database, type KeySpace } from './data/key-space.ts';
import { typeName, type TypeName } from './data/value.ts';
import { keyName, type EngineState, type KeyRow } from './engine-state.ts';
import type { ClientId, KeyWait, Session } from './session.ts';

/** Types of value that a client can wait for. */
export type WaitedType = 'list' | 'zset' | 'stream';

/** What a command that has to wait says of it. */
export interface WaitRequest {
  readonly type: WaitedType;
  readonly keys: readonly ByteString[];
  /** Null: for ever. */
  readonly deadline: Micros | null;
  /** The command is also run again when a key goes, or becomes another type (XREADGROUP). */
  readonly whenGone: boolean;
}

export function waitForKeys(state: EngineState, session: Session, wait: KeyWait): void {
  session.blocked = wait;
  state.waiting.add(session.id);
  for (const key of wait.keys) {
    const name = keyName(wait.db, key);
    const row = state.rows.get(name);
    if (row === undefined)
      state.rows.set(name, { db: wait.db, key, clients: new Set([session.id]) });
    else row.clients.add(session.id);
  }
}

/** The client leaves all rows in which it stands; to be called before `blocked` is forgotten. */
export function leaveRows(state: EngineState, session: Session): void {
  state.waiting.delete(session.id);
  const { blocked } = session;
  if (blocked?.reason !== 'keys') return;
  for (const key of blocked.keys) {
    const name = keyName(blocked.db, key);
    const row = state.rows.get(name);
    row?.clients.delete(session.id);
    if (row?.clients.size === 0) state.rows.delete(name);
  }
}

/** A key has come to be, or has got what somebody may wait for: those in its row are served after the unit at hand. */
export function signalReady(state: EngineState, db: number, key: ByteString): void {
  const name = keyName(db, key);
  if (state.rows.has(name)) state.ready.add(name);
}

/** A key has gone, or holds another type now. */
export function signalGone(state: EngineState, db: number, key: ByteString): void {
  const row = state.rows.get(keyName(db, key));
  if (row === undefined) return;
  if ([...row.clients].some((id) => waitOf(state, id)?.whenGone === true))
    signalReady(state, db, key);
}

/** What `db` held is replaced as a whole, by FLUSHDB or SWAPDB: `db` already has what it holds now. */
export function signalReplaced(state: EngineState, db: Database, before: KeySpace): void {
  for (const row of state.rows.values()) {
    if (row.db !== db.id) continue;
    const old = typeIn(before, row.key);
    const now = typeIn(db.space, row.key);
    if (old !== undefined && old !== now) signalGone(state, db.id, row.key);
    if (now !== undefined) signalReady(state, db.id, row.key);
  }
}

/** Takes the next row that has to be looked at; undefined when there is none. */
export function nextReadyRow(state: EngineState): KeyRow | undefined {
  for (const name of state.ready) {
    state.ready.delete(name);
    const row = state.rows.get(name);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The client of that id, if it waits for the key of the row and would be served by what it holds. */
export function servable(
  state: EngineState,
  { db, key }: KeyRow,
  id: ClientId,
): Session | undefined {
  const wait = waitOf(state, id);
  if (wait?.db !== db || !wait.keys.includes(key)) return undefined;
  const fits = wait.whenGone || wait.type === typeIn(state.databases[db]!.space, key);
  return fits ? state.sessions.get(id) : undefined;
}

function waitOf(state: EngineState, id: ClientId): KeyWait | undefined {
  const blocked = state.sessions.get(id)?.blocked;
  return blocked?.reason === 'keys' ? blocked : undefined;
}

function typeIn(space: KeySpace, key: ByteString): TypeName | undefined {
  const entry = entryOf(space, key);
  return entry === undefined ? undefined : typeName(entry.value);
}
