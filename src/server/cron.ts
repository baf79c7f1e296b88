/** serverCron: what happens ten times a second (`hz`), between the commands and the flush of a turn. */
import { secondsOfMicros, type Micros } from '../base/time.ts';
import type { Core } from './core.ts';
import { sampleRates } from './counters.ts';
import { notePeaks } from './recent-peaks.ts';
import { rewriteDue } from './rewrite.ts';
import { savePointReached } from './save.ts';
import type { Settings } from './settings.ts';
import type { ServerState } from './state.ts';

/** Keys that one run of the active expire cycle looks at in a database. */
const EXPIRE_KEYS_PER_RUN = 10_000;
const MICROS_PER_SECOND = 1_000_000;

/** Also when the clock was set back: the real timer is monotonic. */
export function cronDue({ nextCron, settings }: ServerState, now: Micros): boolean {
  return now >= nextCron || nextCron - now > interval(settings);
}

function interval({ hz }: Settings): Micros {
  return Math.floor(MICROS_PER_SECOND / hz);
}

export function cron(core: Core): void {
  const { state } = core;
  state.cronRuns++;
  state.nextCron = state.now + interval(state.settings);
  if (state.cronPaused) return;
  if (state.shutdownAsked !== null) {
    const request = state.shutdownAsked;
    state.shutdownAsked = null;
    state.tasks.push({ task: 'shutdown', request, client: null });
    return;
  }
  if (state.cronRuns % state.settings.hz === 0) {
    const { sessions } = state.engine;
    const { server } = core.engine.context;
    notePeaks(state.counters.recentPeaks, sessions.values(), server, secondsOfMicros(state.now));
  }
  sampleRates(state.counters, state.engine.stats.commands, state.now);
  core.propagate(core.engine.activeExpire(state.now, EXPIRE_KEYS_PER_RUN));
  if (state.child !== null) {
    // server.c:serverCron: receiveChildInfo, once a second.
    if (state.cronRuns % state.settings.hz === 0) state.child.processed = state.child.reported;
    if (state.child.exit !== null) state.tasks.push({ task: 'child-ended' });
  } else if (state.rewriteScheduled && rewriteDue(core)) {
    state.tasks.push({ task: 'rewrite', client: null });
  } else if (savePointReached(core)) {
    state.tasks.push({ task: 'save', why: 'point' });
  } else if (rewriteDue(core)) {
    state.tasks.push({ task: 'rewrite', client: null });
  }
  // It waits for what was begun just now, and looks again then.
  if (state.bgsaveScheduled) state.tasks.push({ task: 'save', why: 'scheduled' });
}
