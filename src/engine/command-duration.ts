import type { ByteString } from '../base/bytes.ts';
import { recordMicros } from '../base/latency-histogram.ts';
import { secondsOfMicros, type Micros } from '../base/time.ts';
import { commandFlag, type Command } from './command.ts';
import type { Context } from './context.ts';
import type { CommandStats } from './engine-state.ts';
import { noteLatency } from './latency-events.ts';
import { redacted } from './redaction.ts';
import { noteSlow } from './slow-log.ts';

/** How long a command took: its histogram, LATENCY and SLOWLOG. */
export function noteDuration(
  context: Context,
  { facts, flags }: Command,
  argv: readonly ByteString[],
  micros: Micros,
  stats: CommandStats,
): void {
  const { state, server } = context;
  const { config } = server;
  if (config.latencyTracking) recordMicros(stats.latency, micros);
  if (config.latencyMonitorThreshold > 0) {
    const event = (flags & commandFlag.fast) !== 0 ? 'fast-command' : 'command';
    const ms = Math.floor(micros / 1000);
    noteLatency(
      state.latency,
      config.latencyMonitorThreshold,
      event,
      ms,
      secondsOfMicros(context.now),
    );
  }
  const { slowlogLogSlowerThan: limit } = config;
  if (limit < 0 || micros < limit || (flags & commandFlag.skip_slowlog) !== 0) return;
  const { client } = context;
  noteSlow(state.slowLog, config, {
    at: secondsOfMicros(context.now),
    micros,
    argv: redacted(facts.name, argv),
    address: client.address,
    clientName: client.name,
  });
}
