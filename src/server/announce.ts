/** The first lines of the log: who starts, and with what. */
import type { Core } from './core.ts';
import { logo } from './logo.ts';
import { redisVersion } from '../engine/version.ts';

/** All that the log says before the files are looked at. */
export function announceStart(core: Core): void {
  const { state } = core;
  const { port, alwaysShowLogo } = state.settings;
  core.log('notice', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
  core.log(
    'notice',
    `Redis version=${redisVersion}, bits=64, commit=00000000, modified=0, pid=${state.pid}, just started`,
  );
  if (state.configFile === null && state.directives.given.size === 0) {
    core.log(
      'warning',
      'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
    );
  } else core.log('notice', 'Configuration loaded');
  state.phase = 'initialized';
  core.log('notice', 'monotonic clock: POSIX clock_gettime');
  if (alwaysShowLogo) {
    for (const line of logo(port, state.pid)) state.events.push({ event: 'log', line });
  } else core.log('notice', `Running mode=standalone, port=${port}.`);
  core.log('notice', 'Server initialized');
}
