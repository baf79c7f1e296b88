/** Lines of the server's log (server.c:serverLogRaw). */
import { formatLogTime, type Micros } from '../base/time.ts';
import type { LogLevel } from './core.ts';
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
