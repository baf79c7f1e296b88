/** Lines of the server's log (server.c:serverLogRaw). */
import { formatLogTime, secondsOfMicros, type Micros } from '../base/time.ts';
import type { LogLevel } from './core.ts';
import type { Pid } from '../machine/syscall.ts';
import type { ServerState } from './state.ts';

const LOG_MARKS: Readonly<Record<LogLevel, string>> = {
  debug: '.',
  verbose: '-',
  notice: '*',
  warning: '#',
};
const LOG_LEVELS: readonly string[] = ['debug', 'verbose', 'notice', 'warning', 'nothing'];

/** Undefined if the server is not to say so much. */
export function logLine(
  state: ServerState,
  clock: Micros,
  level: LogLevel,
  message: string,
): string | undefined {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(state.settings.logLevel)) return undefined;
  const role = state.phase === 'starting' ? 'C' : 'M';
  const time = formatLogTime(clock + state.utcOffset);
  return `${state.pid}:${role} ${time} ${LOG_MARKS[level]} ${message}`;
}

/** What a signal handler says, which may not format a time (server.c:serverLogFromHandler). */
export function handlerLine(pid: Pid, clock: Micros, message: string): string {
  return `${pid}:signal-handler (${secondsOfMicros(clock)}) ${message}`;
}

/** A report that a server prints before its end has no such beginning. */
export function isOfServer(line: string): boolean {
  return /^\d+:[CMS] /.test(line);
}
