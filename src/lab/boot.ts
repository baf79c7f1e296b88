/** Starting redis-server on a lane's machine: /etc/redis/redis.conf, working directory /data. */
import { byteStringOf, EMPTY, utf8Encode, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import { repairedIn } from '../persistence/quirks.ts';
import { configText } from '../server/command-line.ts';
import { settingsOf } from '../server/config-settings.ts';
import { parseRedisConf } from '../server/redis-conf.ts';
import { newServerState, type ServerState } from '../server/state.ts';
import type { LaneState } from './lane-state.ts';

export const CONFIG_PATH = '/etc/redis/redis.conf';
export const DATA_PATH = '/data';

/** Paths of the lab are absolute, or begin at /data. */
export function absolute(path: string): string {
  return path.startsWith('/') ? path : `${DATA_PATH}/${path}`;
}

/** What is wrong with the lines of a redis.conf, in redis-server's own words; null if it would start with them. */
export function checkConfig(text: string): string | null {
  const conf = parseRedisConf(utf8Encode(text), {
    readFile: () => undefined,
    workingDirectory: DATA_PATH,
  });
  return conf.ok ? null : conf.text;
}

/** How redis-server is started: its configuration file and the options behind it, as its command line gives them. */
export interface Launch {
  readonly configFile: string | null;
  readonly stdin: ByteString;
  readonly options: ByteString | null;
  /** Its terminal shows the logo. */
  readonly logo: boolean;
}

export const usualLaunch: Launch = {
  configFile: CONFIG_PATH,
  stdin: EMPTY,
  options: null,
  logo: false,
};

/** The new process's state; or, as text, what redis-server printed before it gave up on its configuration. */
export function bootServer(
  kernel: SimulatedKernel,
  lane: LaneState,
  now: Micros,
  launch: Launch = usualLaunch,
): ServerState | string {
  const text = (path: string): string | undefined => {
    const bytes = kernel.readFile(path);
    return bytes === undefined ? undefined : byteStringOf(bytes);
  };
  const { configFile, stdin, options } = launch;
  const path = configFile === null ? null : absolute(configFile);
  const config = (path === null ? undefined : text(path)) ?? EMPTY;
  const conf = parseRedisConf(configText(config, stdin, options), {
    readFile: text,
    workingDirectory: DATA_PATH,
  });
  if (!conf.ok) return conf.text;
  const settings = settingsOf(conf.directives);
  if (launch.logo) settings.alwaysShowLogo = true;
  const { pid } = kernel.spawn({ program: 'redis-server', cwd: DATA_PATH });
  return newServerState({
    pid,
    now,
    seed: lane.seed * 1000 + lane.boots,
    settings,
    directives: conf.directives,
    configFile: path,
    repaired: repairedIn(config),
    commandMicros: kernel.state.costs.commandMicros,
  });
}
