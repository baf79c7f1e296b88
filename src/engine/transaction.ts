/** The state of MULTI and WATCH (multi.c). The commands themselves stand in commands/transactions.ts. */
import type { ByteString } from '../base/bytes.ts';
import type { Millis } from '../base/time.ts';
import { expiryOf, hasKey, type Database, type KeySpace } from './data/key-space.ts';
import { keyName, type EngineState } from './engine-state.ts';
import type { Session } from './session.ts';

export function watch(
  state: EngineState,
  session: Session,
  key: ByteString,
  expired: boolean,
): void {
  if (session.watched.some((known) => known.db === session.db && known.key === key)) return;
  session.watched.push({ db: session.db, key, expired });
  const name = keyName(session.db, key);
  const watchers = state.watchers.get(name);
  if (watchers === undefined) state.watchers.set(name, new Set([session.id]));
  else watchers.add(session.id);
}

export function unwatchAll(state: EngineState, session: Session): void {
  forgetWatched(state, session);
  session.watchBroken = false;
}

/** Ends a transaction without running it; the watches end with it. */
export function discardTransaction(state: EngineState, session: Session): void {
  if (session.transaction === null) return;
  session.transaction = null;
  unwatchAll(state, session);
}

/** touchWatchedKey: the transactions that watch `key` will fail. */
export function touchWatchers(state: EngineState, db: Database, key: ByteString): void {
  for (const id of [...(state.watchers.get(keyName(db.id, key)) ?? [])]) {
    const session = state.sessions.get(id);
    const watched = session?.watched.find((known) => known.db === db.id && known.key === key);
    if (session === undefined || watched === undefined) continue;
    if (watched.expired) {
      // It had expired already when it was watched: that it is deleted now changes nothing.
      if (!hasKey(db.space, key)) watched.expired = false;
      continue;
    }
    breakWatch(state, session);
  }
}

/** touchAllWatchedKeysInDb: what `db` holds is about to be replaced by `next`, or emptied if that is null. */
export function touchAllWatchers(
  state: EngineState,
  db: Database,
  next: KeySpace | null,
  now: Millis,
): void {
  if (state.watchers.size === 0) return;
  for (const session of state.sessions.values()) {
    const broken = session.watched.some((watched) => {
      if (watched.db !== db.id) return false;
      const { key } = watched;
      const existed = hasKey(db.space, key);
      const exists = next !== null && hasKey(next, key);
      if (!existed && !exists) return false;
      const expired = exists && next !== null && now > (expiryOf(next, key) ?? Infinity);
      if (watched.expired && !exists) watched.expired = false;
      else if (!watched.expired && !existed && expired) watched.expired = true;
      else return !(watched.expired && expired);
      return false;
    });
    if (broken) session.watchBroken = true;
  }
}

/** The transaction will fail whatever happens: there is nothing left to watch. */
function breakWatch(state: EngineState, session: Session): void {
  forgetWatched(state, session);
  session.watchBroken = true;
}

function forgetWatched(state: EngineState, session: Session): void {
  for (const { db, key } of session.watched) {
    const name = keyName(db, key);
    const watchers = state.watchers.get(name);
    watchers?.delete(session.id);
    if (watchers?.size === 0) state.watchers.delete(name);
  }
  session.watched = [];
}
