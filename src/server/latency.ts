/** Spikes of latency that system calls cause, for LATENCY (latency.c). */
import { secondsOfMicros, type Micros } from '../base/time.ts';
import { noteLatency } from '../engine/latency-events.ts';
import type { Core } from './core.ts';

/** The main thread waited since then for what `event` names. */
export function noteWait({ state, clock }: Core, event: string, since: Micros): void {
  const { latencyMonitorThreshold } = state.settings;
  const ms = Math.floor(Math.max(0, clock - since) / 1000);
  noteLatency(state.engine.latency, latencyMonitorThreshold, event, ms, secondsOfMicros(state.now));
}

/** aof.c:flushAppendOnlyFile: a slow write has another name for each thing that may be to blame. */
export function noteWrite(core: Core, since: Micros): void {
  const { threads, child } = core.state;
  const blamed =
    threads.bio_aof.plan !== null
      ? 'aof-write-pending-fsync'
      : child !== null
        ? 'aof-write-active-child'
        : 'aof-write-alone';
  noteWait(core, blamed, since);
  noteWait(core, 'aof-write', since);
}
