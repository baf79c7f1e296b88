/** What a client leaves behind when it goes. */
import { leaveRows } from './blocking.ts';
import type { EngineState } from './engine-state.ts';
import { unsubscribeAll } from './pubsub.ts';
import { disableTracking } from './tracking.ts';
import type { Session } from './session.ts';
import { discardTransaction, unwatchAll } from './transaction.ts';

/** Its transaction, its watches and all that it waits for or listens to go with it. */
export function forgetSession(state: EngineState, session: Session): void {
  discardTransaction(state, session);
  unwatchAll(state, session);
  leaveRows(state, session);
  unsubscribeAll(state, session);
  disableTracking(state, session);
  state.monitors.delete(session.id);
  state.sessions.delete(session.id);
}
