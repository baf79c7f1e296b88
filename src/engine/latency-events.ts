/** Spikes of latency by what caused them: the samples of LATENCY (latency.c). */
import { secondsOfMicros, type Micros, type Millis, type Seconds } from '../base/time.ts';

export interface LatencySample {
  readonly at: Seconds;
  ms: Millis;
}

export interface LatencyEvent {
  /** The last 160, the oldest first; one a second at most. */
  readonly samples: LatencySample[];
  max: Millis;
}

export type LatencyEvents = Map<string, LatencyEvent>;

const SAMPLES_KEPT = 160;

/** What can be measured without knowing more of a server. */
interface Watch {
  readonly state: { readonly latency: LatencyEvents };
  readonly server: {
    readonly config: { readonly latencyMonitorThreshold: Millis };
    stopwatch(): Micros;
    elapsed(since: Micros): Micros;
  };
  readonly now: Micros;
}

/** Runs `work`, whose time counts as one of `name`. */
export function timed({ state, server, now }: Watch, name: string, work: () => void): void {
  const { latencyMonitorThreshold: threshold } = server.config;
  if (threshold === 0) return work();
  const started = server.stopwatch();
  work();
  const ms = Math.floor(server.elapsed(started) / 1000);
  noteLatency(state.latency, threshold, name, ms, secondsOfMicros(now));
}

/** latencyAddSampleIfNeeded; a threshold of 0 turns monitoring off. */
export function noteLatency(
  events: LatencyEvents,
  threshold: Millis,
  name: string,
  ms: Millis,
  now: Seconds,
): void {
  if (threshold === 0 || ms < threshold) return;
  const event = events.get(name) ?? { samples: [], max: 0 };
  events.set(name, event);
  event.max = Math.max(event.max, ms);
  const last = event.samples.at(-1);
  if (last?.at === now) {
    last.ms = Math.max(last.ms, ms);
    return;
  }
  event.samples.push({ at: now, ms });
  if (event.samples.length > SAMPLES_KEPT) event.samples.shift();
}
