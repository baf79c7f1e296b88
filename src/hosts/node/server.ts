/**
 * `node server.mjs [redis.conf | -] [--directive value …]`: the lab's Redis server on real files, a real clock and
 * real sockets, in place of redis-server.
 */
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import tty from 'node:tty';
import { utf8Encode } from '../../base/bytes.ts';
import { formatLogTime, type Micros } from '../../base/time.ts';
import { settingsOf } from '../../server/config-settings.ts';
import { directiveText, type DirectiveValues } from '../../server/directives.ts';
import { Server } from '../../server/server.ts';
import { newServerState } from '../../server/state.ts';
import { rawPath, readConfiguration, type Configuration } from './configuration.ts';
import { Connections } from './connections.ts';
import { Listeners } from './listeners.ts';
import { LogOutput, writeAll } from './log-output.ts';
import { NodeKernel } from './node-kernel.ts';
import { RedisProcess } from './process.ts';
import { newWallClock, utcOffset } from './wall-clock.ts';

const STDOUT = 1;
const STDERR = 2;
const LARGEST_SEED = 2 ** 32;
const SWEEP_MILLIS = 1000;
/** As a shell tells it of a process that the signal has killed. */
const DIED_OF_SIGUSR1 = 138;

const clock = newWallClock();

async function main(): Promise<void> {
  const configuration = readConfiguration(process.argv.slice(2));
  if (configuration.kind === 'print') return printAndExit(configuration);
  const { directives, configFile } = configuration;
  enterDirectory(directiveText(directives, 'dir'));
  await serve(directives, configFile);
}

async function serve(directives: DirectiveValues, configFile: string | null): Promise<void> {
  const text = (name: string): string => directiveText(directives, name);
  const settings = settingsOf(directives);
  if (text('logfile') === '' && tty.isatty(STDOUT)) settings.alwaysShowLogo = true;
  const state = newServerState({
    pid: process.pid,
    now: clock(),
    seed: randomInt(LARGEST_SEED),
    settings,
    directives,
    configFile,
    utcOffset: utcOffset(),
  });
  const output = new LogOutput(text('logfile'));
  const server = new Server(state, 'log-only', () => performance.now() * 1000);
  const connections: Connections = new Connections(server, clock, () => redis.wake());
  const listeners = new Listeners(directives, (...client) => connections.accept(...client));
  const redis: RedisProcess = new RedisProcess(server, new NodeKernel(clock), clock, {
    log: (line) => output.write(line),
    ready: () => {
      if (text('unixsocket') !== '') server.log('notice', 'Ready to accept connections unix');
    },
    answer: (replies) => connections.answer(replies),
    send: () => connections.send(),
    turnEnded: () => connections.turnEnded(),
    sleeps: () => connections.sleeps(),
    wakes: () => connections.wakes(),
    listen: () => listeners.listenOnAddresses(),
    exit: (code, signal) => {
      removeFiles(directives);
      return signal === null ? process.exit(code) : dieBy(signal);
    },
  });
  process.on('uncaughtException', (error) => crash(output, error));
  process.on('SIGTERM', () => redis.signal('SIGTERM'));
  process.on('SIGINT', () => redis.signal('SIGINT'));
  process.on('SIGHUP', () => undefined);
  // Left alone, Node would open a port for a debugger.
  process.on('SIGUSR1', () => process.exit(DIED_OF_SIGUSR1));

  redis.announce();
  const problem = await listeners.start();
  if (problem !== undefined) {
    for (const line of problem) server.log('warning', line);
    redis.collect();
    process.exit(1);
  }
  if (text('daemonize') === 'yes') {
    server.log('warning', 'daemonize yes: this server stays in the foreground.');
  }
  writePidFile(text('pidfile'), server);
  setInterval(() => connections.sweep(), SWEEP_MILLIS);
  redis.run();
}

function printAndExit(configuration: Extract<Configuration, { kind: 'print' }>): never {
  const { to, text, code } = configuration;
  if (to === 'log') {
    const output = new LogOutput('');
    for (const line of text.split('\n')) output.write(earlyLine(line));
  } else writeAll(to === 'stdout' ? STDOUT : STDERR, Buffer.from(text, 'latin1'));
  return process.exit(code);
}

/** Before the server is initialised, its lines are marked C. */
function earlyLine(message: string): string {
  return `${process.pid}:C ${formatLogTime(clock() + utcOffset())} # ${message}`;
}

function enterDirectory(directory: string): void {
  try {
    process.chdir(rawPath(directory).toString());
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    printAndExit({
      kind: 'print',
      to: 'log',
      text: `Can't chdir to '${directory}': ${reason}`,
      code: 1,
    });
  }
}

function writePidFile(path: string, server: Server): void {
  if (path === '') return;
  try {
    fs.writeFileSync(rawPath(path), `${process.pid}\n`);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    server.log('notice', `Failed to write PID file: ${utf8Encode(reason)}`);
  }
}

function removeFiles(directives: DirectiveValues): void {
  for (const name of ['pidfile', 'unixsocket']) {
    const path = directiveText(directives, name);
    if (path !== '') fs.rmSync(rawPath(path), { force: true });
  }
}

/** As a process that a signal has killed, for whoever waits for it. */
function dieBy(signal: string): never {
  if (isSignal(signal)) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  return process.exit(1);
}

function isSignal(name: string): name is NodeJS.Signals {
  return /^SIG(ABRT|SEGV|BUS|FPE|ILL|KILL|TERM|INT|QUIT)$/.test(name);
}

/** A mistake of ours. Nothing is flushed, as nothing is when redis-server crashes. */
function crash(output: LogOutput, error: Error): never {
  const time = (): Micros => clock() + utcOffset();
  const say = (line: string): void => {
    output.write(`${process.pid}:M ${formatLogTime(time())} # ${utf8Encode(line)}`);
  };
  say('=== AOF LAB BUG REPORT START ===');
  for (const line of (error.stack ?? String(error)).split('\n')) say(line);
  say('=== AOF LAB BUG REPORT END ===');
  return dieBy('SIGABRT');
}

await main();
