/** The state of MULTI and WATCH. The commands themselves stand in commands/transactions.ts. */
import type { ByteString } from '../base/bytes.ts';
import { watcherKey, type EngineState } from './engine-state.ts';
import type { Session } from './session.ts';

export function watch(state: EngineState, session: Session, key: ByteString, expired: boolean): void {
  if (session.watched.some((known) => known.db === session.db && known.key === key)) return;
  session.watched.push({ db: session.db, key, expired });
  const name = watcherKey(session.db, key);
  const watchers = state.watchers.get(name);
  if (watchers === undefined) state.watchers.set(name, new Set([session.id]));
  else watchers.add(session.id);
}

export function unwatchAll(state: EngineState, session: Session): void {
  for (const { db, key } of session.watched) {
    const name = watcherKey(db, key);
    const watchers = state.watchers.get(name);
    watchers?.delete(session.id);
    if (watchers?.size === 0) state.watchers.delete(name);
  }
  session.watched = [];
  session.watchBroken = false;
}

/** Ends a transaction without running it; the watches end with it. */
export function discardTransaction(state: EngineState, session: Session): void {
  if (session.transaction === null) return;
  session.transaction = null;
  unwatchAll(state, session);
}

/** FLUSHDB, FLUSHALL and SWAPDB: every watched key of `db` that exists there, or did, counts as touched. */
export function touchWatchedOf(state: EngineState, db: number, changes: (key: ByteString) => boolean): void {
  for (const session of state.sessions.values()) {
    for (const watched of session.watched) {
      if (watched.db === db && changes(watched.key)) session.watchBroken = true;
    }
  }
}
