/**
 * redis-server as a program. If the lab has no server now, this one becomes it: the log pane, the ruler and the ledger
 * show it. Otherwise its port is taken, and a server at another port is refused: a lab watches one server a machine.
 */
import { ascii, EMPTY, type ByteString } from '../../../base/bytes.ts';
import { configText, parseCommandLine } from '../../../server/command-line.ts';
import { settingsOf } from '../../../server/config-settings.ts';
import { parseRedisConf } from '../../../server/redis-conf.ts';
import { formatLogTime } from '../../../base/time.ts';
import { normalizePath } from '../../../machine/paths.ts';
import { fileText } from '../../language/registry.ts';
import {
  complain,
  handle,
  machine,
  now,
  readAll,
  sleep,
  takeSignals,
  terminalOf,
  workingDirectory,
  write,
  type ProgramContext,
  type Run,
} from '../../program.ts';

const LOOK_EVERY = 5_000;

export function* redisServer({ argv, pid }: ProgramContext): Run {
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
  const stdin = line.fromStdin ? yield* readAll(0) : EMPTY;
  const conf = parseRedisConf(configText(file, stdin, line.options), {
    readFile: () => undefined,
    workingDirectory: cwd,
  });
  if (!conf.ok) {
    yield* complain(conf.text);
    return 1;
  }
  const settings = settingsOf(conf.directives);
  const taken = yield* machine((door) => door.servers.mainPid());
  if (taken !== null) {
    const why = `Could not create server TCP listening socket *:${settings.port}: bind: Address already in use`;
    yield* early('oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
    yield* early(why);
    return yield* early('Failed listening on port, aborting.');
  }
  return yield* beMain({
    configFile,
    stdin,
    options: optionsIn(line.options, cwd),
    logo: (yield* terminalOf(1)) !== null,
  });
}

/** The lab's server stands in /data, wherever it was started. */
function optionsIn(options: ByteString | null, cwd: ByteString): ByteString | null {
  if (cwd === '/data') return options;
  return ascii(`dir ${cwd}\n${options ?? ''}`);
}

function* beMain(launch: {
  readonly configFile: string | null;
  readonly stdin: ByteString;
  readonly options: ByteString | null;
  readonly logo: boolean;
}): Run {
  const lines: string[] = [];
  const ended: { status: number | null } = { status: null };
  yield* handle('INT', 'queue');
  yield* handle('TERM', 'queue');
  yield* handle('HUP', 'ignore');
  yield* machine((door) => {
    door.servers.startMain(launch, {
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
    if (text !== '') yield* write(1, ascii(text));
    if (ended.status !== null && lines.length === 0) return ended.status;
    for (const signal of yield* takeSignals()) {
      yield* machine((door) => {
        door.servers.signalMain(signal);
        return null;
      });
    }
    yield* sleep(LOOK_EVERY);
  }
}
