/** Scripts that take long (script.c:scriptInterrupt). */
import { millisOfMicros, type Micros } from '../base/time.ts';
import type { RunningScript } from '../engine/scripting-state.ts';
import type { Core } from './core.ts';
import type { ServerState } from './state.ts';

/** Whether busy-reply-threshold is over, so that other clients are served. */
export function isTooSlow(core: Core, running: RunningScript, now: Micros): boolean {
  if (running.timedOut) return true;
  const limit = core.state.settings.busyReplyThreshold;
  const elapsed = millisOfMicros(now - running.startedAt);
  if (limit <= 0 || elapsed < limit) return false;
  running.timedOut = true;
  const kill = running.kind === 'script' ? 'SCRIPT KILL' : 'FUNCTION KILL';
  core.log(
    'warning',
    `Slow script detected: still in execution after ${elapsed} milliseconds. You can try killing the script using the ${kill} command. Script name is: ${running.name}.`,
  );
  return true;
}

/** What scripts have done is work of the main thread. */
export function chargeInstructions({ engine, work }: ServerState): void {
  work.instructions += engine.scripting.instructions;
  engine.scripting.instructions = 0;
}
