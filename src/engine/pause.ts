/** CLIENT PAUSE: commands that come are held back until it is over (networking.c:pauseActions). */
import type { Micros } from '../base/time.ts';
import type { EngineState } from './engine-state.ts';

export interface Pause {
  /** `write`: only what may change the data set is held back. */
  readonly what: 'all' | 'write';
  readonly until: Micros;
}

/** A pause that is on is never shortened, nor made to hold back less. */
export function pauseClients(state: EngineState, what: Pause['what'], until: Micros): void {
  const { pause } = state;
  state.pause = {
    what: pause?.what === 'all' ? 'all' : what,
    until: Math.max(until, pause?.until ?? 0),
  };
}

/** Those who were held back may go on: whoever took their words gives them again. */
export function endPause(state: EngineState): void {
  state.pause = null;
  for (const id of [...state.waiting]) {
    const session = state.sessions.get(id);
    if (session?.blocked?.reason !== 'pause') continue;
    session.blocked = null;
    state.waiting.delete(id);
  }
}
