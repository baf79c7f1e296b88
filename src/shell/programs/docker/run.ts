/** docker run, create and exec. */
import { ascii, utf8Decode, type ByteString } from '../../../base/bytes.ts';
import { normalizePath } from '../../../machine/paths.ts';
import { programs } from '../../language/registry.ts';
import {
  complain,
  handle,
  now,
  print,
  sleep,
  spawn,
  takeSignals,
  waitFor,
  workingDirectory,
  type Run,
} from '../../program.ts';
import { imageOf, unreachable } from './images.ts';
import { followLog } from './logs.ts';
import {
  containers,
  findContainer,
  keepRecord,
  newId,
  volumePath,
  type ContainerRecord,
  type Mount,
  type PublishedPort,
} from './records.ts';
import { readFlags, type RunOptions } from './run-options.ts';
import {
  awaitEnd,
  entrypoint,
  environmentOf,
  placeOf,
  prepare,
  removeContainer,
  signalContainer,
  startContainer,
} from './shim.ts';
import { daemonError, noContainer, runError, wrongUse } from './texts.ts';

const FLAGS = ['detach', 'interactive', 'tty', 'rm', 'init'];
const VALUES = ['name', 'publish', 'volume', 'env', 'workdir', 'restart', 'user', 'hostname'];
const LEFT = ['adoring', 'brave', 'clever', 'eager', 'gallant', 'happy', 'keen', 'quirky'];
const RIGHT = ['antirez', 'curie', 'hopper', 'knuth', 'lamport', 'liskov', 'lovelace', 'ritchie'];

export function* run(argv: readonly ByteString[], form: 'run' | 'create'): Run {
  const options = readFlags(argv, FLAGS, VALUES);
  if (typeof options === 'string') return yield* wrongUse(form, options);
  const [image] = options.words;
  if (image === undefined) {
    yield* complain(
      `"docker ${form}" requires at least 1 argument.\nSee 'docker ${form} --help'.\n\nUsage:  docker ${form} [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n${form === 'run' ? 'Create and run a new container from an image' : 'Create a new container'}`,
    );
    return 1;
  }
  const restart = options.values.get('restart')?.at(-1) ?? 'no';
  if (restart !== 'no')
    return yield* runError(`the daemon of this machine restarts no containers: ${restart}`);
  if (imageOf(image) === undefined) return yield* runError(yield* unreachable(image));
  const record = yield* planned(options, image);
  if (typeof record === 'string') return yield* runError(record);
  yield* prepare(record);
  if (form === 'create') {
    yield* print(`${record.id}\n`);
    return 0;
  }
  if (options.flags.has('tty')) return yield* inForeground(record);
  const problem = yield* startContainer(record);
  if (problem !== undefined) {
    if (record.removeAtEnd) yield* removeContainer(record, 'with-volumes');
    return yield* runError(problem, problem.includes('executable file not found') ? 127 : 125);
  }
  if (options.flags.has('detach')) {
    yield* print(`${record.id}\n`);
    return 0;
  }
  const status = yield* attached(record);
  if (options.flags.has('rm')) yield* removeContainer(record, 'with-volumes');
  return status;
}

function* planned(options: RunOptions, image: string): Run<ContainerRecord | string> {
  const id = yield* newId('container');
  const all = yield* containers();
  const number = parseInt(id.slice(0, 8), 16);
  const name =
    options.values.get('name')?.at(-1) ??
    `${LEFT[number % LEFT.length] ?? ''}_${RIGHT[(number >>> 8) % RIGHT.length] ?? ''}`;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
    return `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`;
  const other = all.find((one) => one.name === name);
  if (other !== undefined)
    return `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name`;
  const mounts = yield* mountsOf(options.values.get('volume') ?? []);
  if (typeof mounts === 'string') return mounts;
  const ports = portsOf(options.values.get('publish') ?? []);
  if (typeof ports === 'string') return ports;
  const said = options.words.slice(1).map((word) => utf8Decode(word));
  const shown = ['docker-entrypoint.sh', ...(said.length === 0 ? ['redis-server'] : said)].join(
    ' ',
  );
  return {
    id,
    name,
    image,
    command: entrypoint(said),
    shown,
    createdAt: yield* now(),
    mounts,
    ports,
    env: (options.values.get('env') ?? []).map((word) => utf8Decode(word)),
    workingDirectory: options.values.get('workdir')?.at(-1) ?? '/data',
    // What is shown until its end is read from its log, which must not be gone by then.
    removeAtEnd:
      options.flags.has('rm') && ['detach', 'tty'].some((flag) => options.flags.has(flag)),
    state: 'created',
    exitCode: 0,
    startedAt: 0,
    finishedAt: 0,
  };
}

/** The image declares a volume at /data: one without a name is made for it unless another is mounted there. */
function* mountsOf(wanted: readonly ByteString[]): Run<readonly Mount[] | string> {
  const cwd = yield* workingDirectory();
  const mounts: Mount[] = [];
  for (const word of wanted) {
    const parts = word.split(':');
    const [source, at = source ?? '', , surplus] = parts;
    if (source === undefined || surplus !== undefined)
      return `invalid volume specification: '${word}'`;
    if (!at.startsWith('/'))
      return `invalid volume specification: '${word}': invalid mount config for type "volume": invalid mount path: '${at}' mount path must be absolute`;
    if (parts.length === 1) {
      const volume = yield* newId(`volume ${at}`);
      mounts.push({ volume, from: volumePath(volume), at: normalizePath(at, '/') });
    } else if (/^[./~]/.test(source))
      mounts.push({ volume: null, from: normalizePath(source, cwd), at: normalizePath(at, '/') });
    else if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source))
      return `create ${source}: "${source}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`;
    else mounts.push({ volume: source, from: volumePath(source), at: normalizePath(at, '/') });
  }
  if (mounts.some(({ at }) => at === '/data')) return mounts;
  const volume = yield* newId('volume /data');
  return [...mounts, { volume, from: volumePath(volume), at: '/data' }];
}

function portsOf(wanted: readonly ByteString[]): readonly PublishedPort[] | string {
  const ports: PublishedPort[] = [];
  for (const word of wanted) {
    const match = /^(?:[\d.]*:)?(\d+):(\d+)(?:\/tcp)?$/.exec(word);
    if (match === null) return `invalid publish: ${word}: HOST:CONTAINER is wanted here`;
    ports.push({ host: Number(match[1]), container: Number(match[2]) });
  }
  return ports;
}

/** Without -d: its log is shown until it ends; Ctrl-C goes to it. */
export function* attached(record: ContainerRecord): Run {
  yield* handle('INT', 'queue');
  yield* handle('TERM', 'queue');
  const log = followLog(record, { tail: Infinity, from: record.startedAt });
  for (;;) {
    for (const signal of yield* takeSignals()) yield* signalContainer(record, signal);
    const isOver = yield* awaitEnd(record, 0);
    yield* log();
    if (isOver) break;
    yield* sleep(5_000);
  }
  return record.exitCode;
}

/** With -t: on the terminal of whoever asks. */
function* inForeground(record: ContainerRecord): Run {
  const [name = ''] = record.command;
  record.state = 'exited';
  record.startedAt = yield* now();
  const status = yield* runIn(record, record.command.map(ascii), environmentOf(record));
  record.finishedAt = yield* now();
  record.exitCode = status ?? 127;
  if (record.removeAtEnd) yield* removeContainer(record, 'with-volumes');
  else yield* keepRecord(record);
  if (status !== undefined) return status;
  return yield* runError(
    `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": executable file not found in $PATH: unknown`,
    127,
  );
}

/** A program in the container's place, with the streams of whoever asks; undefined: there is none of that name. */
function* runIn(
  record: ContainerRecord,
  argv: readonly ByteString[],
  env: ReadonlyMap<string, ByteString>,
): Run<number | undefined> {
  const program = programs.get(argv[0] ?? '');
  if (program === undefined) return undefined;
  const pid = yield* spawn({ ...placeOf(record), argv, body: program, env });
  yield* handle('INT', 'queue');
  for (;;) {
    const exit = yield* waitFor(pid);
    if (exit !== null) return exit.status;
    yield* takeSignals();
  }
}

export function* exec(argv: readonly ByteString[]): Run {
  const options = readFlags(
    argv,
    ['detach', 'interactive', 'tty', 'privileged'],
    ['env', 'workdir', 'user'],
  );
  if (typeof options === 'string') return yield* wrongUse('exec', options);
  const [name, ...command] = options.words;
  if (name === undefined || command.length === 0) {
    yield* complain(
      `"docker exec" requires at least 2 arguments.\nSee 'docker exec --help'.\n\nUsage:  docker exec [OPTIONS] CONTAINER COMMAND [ARG...]\n\nExecute a command in a running container`,
    );
    return 1;
  }
  const record = yield* findContainer(name);
  if (record === undefined) return yield* noContainer(name);
  if (record.state !== 'running')
    return yield* daemonError(`container ${record.id} is not running`);
  const env = new Map(environmentOf(record));
  for (const line of options.values.get('env') ?? []) {
    const equals = line.indexOf('=');
    if (equals > 0) env.set(line.slice(0, equals), ascii(line.slice(equals + 1)));
  }
  const cwd = options.values.get('workdir')?.at(-1);
  const at = cwd === undefined ? record : { ...record, workingDirectory: cwd };
  const status = yield* runIn(at, command, env);
  if (status !== undefined) return status;
  yield* complain(
    `OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0] ?? ''}": executable file not found in $PATH: unknown`,
  );
  return 127;
}
