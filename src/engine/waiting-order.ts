/** Who waits, by when the waiting is over. */
import type { Micros } from '../base/time.ts';
import type { EngineState } from './engine-state.ts';
import type { Session } from './session.ts';

/** Those whose time is up are told in the order in which it was up. */
export function waitingByDeadline(state: EngineState): Session[] {
  const sessions = [...state.waiting].flatMap((id) => state.sessions.get(id) ?? []);
  return sessions.sort((a, b) => deadlineOf(a) - deadlineOf(b) || a.id - b.id);
}

/** The next instant at which somebody's time is up. */
export function nextDeadline(state: EngineState): Micros | null {
  let next: Micros | null = null;
  for (const id of state.waiting) {
    const blocked = state.sessions.get(id)?.blocked ?? null;
    if (blocked === null || blocked.reason === 'server' || blocked.deadline === null) continue;
    if (next === null || blocked.deadline < next) next = blocked.deadline;
  }
  return next;
}

const NEVER = Number.MAX_VALUE;

function deadlineOf({ blocked }: Session): Micros {
  return blocked === null || blocked.reason === 'server' ? NEVER : (blocked.deadline ?? NEVER);
}
