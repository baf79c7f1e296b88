/**
 * redis-server as a program. If the lab has no server now, this one becomes it: the log pane, the ruler and the ledger
 * show it. Otherwise it runs beside it, at a port of its own, and in a container always so.
 */
import { ascii, EMPTY, type ByteString } from '../../../base/bytes.ts';
import { configText, parseCommandLine } from '../../../server/command-line.ts';
import { settingsOf } from '../../../server/config-settings.ts';
import { parseRedisConf } from '../../../server/redis-conf.ts';
import { formatLogTime } from '../../../base/time.ts';
import { normalizePath } from '../../../machine/paths.ts';
import { fileText } from '../../language/registry.ts';
import type { Launch } from '../../../lab/boot.ts';
import type { MachineDoor, MainReport, ServerLaunch } from '../../machine-door.ts';
import { directiveText } from '../../../server/directives.ts';
import {
  call,
  close,
  complain,
  handle,
  machine,
  now,
  open,
  readAll,
  reasonOf,
  sleep,
  spawn,
  takeSignals,
  terminalOf,
  workingDirectory,
  write,
  type Program,
  type ProgramContext,
  type Run,
  type SignalName,
} from '../../program.ts';

const LOOK_EVERY = 5_000;

export function* redisServer({ argv, env, pid }: ProgramContext): Run {
  const line = parseCommandLine(argv.slice(1));
  if (line.kind === 'print') {
    yield* write(line.to === 'stdout' ? 1 : 2, ascii(line.text));
    return line.code;
  }
  const cwd = yield* workingDirectory();
  const configFile = line.configFile === null ? null : normalizePath(line.configFile, cwd);
  const early = function* (message: string): Run {
    yield* write(1, ascii(`${pid}:C ${formatLogTime(yield* now())} # ${message}\n`));
    return 1;
  };
  const file = configFile === null ? EMPTY : yield* fileText(ascii(configFile));
  if (file === undefined)
    return yield* early(
      `Fatal error, can't open config file '${configFile ?? ''}': No such file or directory`,
    );
  if (line.fromStdin)
    yield* write(1, ascii(`${pid}:C ${formatLogTime(yield* now())} * Reading config from stdin\n`));
  const stdin = line.fromStdin ? yield* readAll(0) : EMPTY;
  const conf = parseRedisConf(configText(file, stdin, line.options), {
    readFile: () => undefined,
    workingDirectory: cwd,
  });
  if (!conf.ok) {
    yield* write(2, ascii(conf.text));
    return 1;
  }
  const settings = settingsOf(conf.directives);
  const text = (name: string): ByteString => directiveText(conf.directives, name);
  const isDaemon = text('daemonize') === 'yes';
  const logFile = text('logfile');
  const log: LogTo = logFile === '' ? (isDaemon ? 'nowhere' : 'stdout') : { file: logFile };
  const logo = log === 'stdout' && (yield* terminalOf(1)) !== null;
  if (logo) settings.alwaysShowLogo = true;
  const folder = text('dir');
  const body: Program = function* (context) {
    const entered = yield* call({ call: 'chdir', path: folder });
    if (!entered.ok) {
      yield* complain(`Can't chdir to '${folder}': ${reasonOf(entered.errno)}`);
      return 1;
    }
    const isMain = yield* machine(
      (door) => door.network === 'host' && door.servers.mainPid() === null,
    );
    if (isMain === true)
      return yield* beMain({ configFile, stdin, options: optionsIn(line.options, cwd), logo }, log);
    const launch = { settings, directives: conf.directives, configFile, pid: context.pid };
    return yield* beBeside(launch, log);
  };
  if (!isDaemon) return yield* body({ argv, env, pid });
  yield* spawn({ argv, body, env, streams: new Map(), group: 'new', detached: true });
  return 0;
}

/** A file is opened for each line, from the folder of the data. */
type LogTo = 'stdout' | 'nowhere' | { readonly file: ByteString };

function* writeLog(to: LogTo, bytes: ByteString): Run<undefined> {
  if (to === 'nowhere') return undefined;
  if (to === 'stdout') {
    yield* write(1, bytes);
    return undefined;
  }
  const fd = yield* open(to.file, 'append');
  if (typeof fd === 'object') return undefined;
  yield* write(fd, bytes);
  yield* close(fd);
  return undefined;
}

/** The lab's server stands in /data, wherever it was started. */
function optionsIn(options: ByteString | null, cwd: ByteString): ByteString | null {
  if (cwd === '/data') return options;
  return ascii(`dir ${cwd}\n${options ?? ''}`);
}

function* beMain(launch: Launch, log: LogTo): Run {
  return yield* serve(log, (door, report) => {
    door.servers.startMain(launch, report, door.pid);
    return (signal) => door.servers.signalMain(signal);
  });
}

/** A server beside the lab's own one. In a container it is process 1. */
function* beBeside(launch: ServerLaunch, log: LogTo): Run {
  return yield* serve(log, (door, report) => {
    const pid = door.network === 'host' ? launch.pid : 1;
    door.rename([ascii(`redis-server *:${launch.settings.port}`)]);
    const server = door.becomeServer({ ...launch, pid }, report);
    return (signal) => server.signal(signal === 'INT' ? 'SIGINT' : 'SIGTERM');
  });
}

/** Starts it, prints its log, and hands it its signals until it has ended. */
function* serve(
  log: LogTo,
  start: (door: MachineDoor, report: MainReport) => (signal: SignalName) => void,
): Run {
  const lines: string[] = [];
  const ended: { status: number | null } = { status: null };
  let tell: (signal: SignalName) => void = () => undefined;
  yield* handle('INT', 'queue');
  yield* handle('TERM', 'queue');
  yield* handle('HUP', 'ignore');
  yield* machine((door) => {
    tell = start(door, {
      line: (text) => void lines.push(text),
      exited: (code, signal) => void (ended.status = signal === null ? code : 137),
    });
    return null;
  });
  for (;;) {
    const text = lines
      .splice(0)
      .map((one) => `${one}\n`)
      .join('');
    if (text !== '') yield* writeLog(log, ascii(text));
    if (ended.status !== null && lines.length === 0) return ended.status;
    for (const signal of yield* takeSignals()) {
      yield* machine(() => {
        tell(signal);
        return null;
      });
    }
    yield* sleep(LOOK_EVERY);
  }
}
