/** Runs a container: its process 1 in its own root and network, its output in its log, its end in its record. */
import { ascii, EMPTY, utf8Encode, type ByteString } from '../../../base/bytes.ts';
import { formatTime } from '../date.ts';
import { programs } from '../../language/registry.ts';
import {
  close,
  kill,
  machine,
  now,
  open,
  pipe,
  processes,
  read,
  sleep,
  spawn,
  waitFor,
  write,
  type Program,
  type Run,
  type SignalName,
  type SpawnRequest,
} from '../../program.ts';
import {
  containers,
  folderOf,
  isAnonymous,
  keepRecord,
  logPathOf,
  makeFolder,
  makeVolume,
  networkOf,
  processOf,
  removeTree,
  rootOf,
  ROOT,
  SHIM,
  volumePath,
  type ContainerRecord,
} from './records.ts';

const LOOK_EVERY = 2_000;

/** Folders of the image; its programs are the machine's. */
const FOLDERS = ['/data', '/tmp', '/root', '/etc', '/var/log', '/usr/local/etc/redis'];

export function environmentOf({ env, id }: ContainerRecord): ReadonlyMap<string, ByteString> {
  const variables = new Map<string, ByteString>([
    ['PATH', ascii('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')],
    ['HOSTNAME', ascii(id.slice(0, 12))],
    ['HOME', ascii('/root')],
    ['REDIS_VERSION', ascii('7.2.4')],
  ]);
  for (const line of env) {
    const equals = line.indexOf('=');
    if (equals > 0) variables.set(line.slice(0, equals), utf8Encode(line.slice(equals + 1)));
  }
  return variables;
}

/** Where a process of the container stands. */
export function placeOf(
  record: ContainerRecord,
): Pick<SpawnRequest, 'root' | 'volumes' | 'network' | 'cwd' | 'env'> {
  return {
    root: ascii(rootOf(record)),
    volumes: record.mounts.map(({ at, from }) => ({ at, from })),
    network: networkOf(record),
    cwd: ascii(record.workingDirectory),
    env: environmentOf(record),
  };
}

/** docker-entrypoint.sh: flags and configuration files are redis-server's. */
export function entrypoint(command: readonly string[]): readonly string[] {
  const [first = 'redis-server'] = command;
  if (command.length === 0) return ['redis-server'];
  return first.startsWith('-') || first.endsWith('.conf') ? ['redis-server', ...command] : command;
}

export function* prepare(record: ContainerRecord): Run<undefined> {
  for (const folder of FOLDERS) yield* makeFolder(rootOf(record) + folder);
  if (record.workingDirectory !== '/data')
    yield* makeFolder(rootOf(record) + record.workingDirectory);
  for (const { volume, from } of record.mounts) {
    if (volume === null) yield* makeFolder(from);
    else yield* makeVolume(volume);
  }
  yield* keepRecord(record);
  return undefined;
}

/** Starts it, or says why not. */
export function* startContainer(record: ContainerRecord): Run<string | undefined> {
  const [name = ''] = record.command;
  const program = programs.get(name);
  if (program === undefined)
    return `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": executable file not found in $PATH: unknown`;
  for (const { host } of record.ports) {
    const taken = yield* whoHas(host);
    if (taken !== undefined)
      return `driver failed programming external connectivity on endpoint ${record.name} (${record.id}): ${taken}`;
  }
  const begun = { isSo: false };
  yield* spawn({
    argv: [ascii(SHIM), ascii('-id'), ascii(record.id)],
    body: () => shim(record, program, () => (begun.isSo = true)),
    streams: new Map(),
    group: 'new',
    detached: true,
  });
  while (!begun.isSo) yield* sleep(LOOK_EVERY);
  return undefined;
}

function* whoHas(port: number): Run<string | undefined> {
  // A port is asked for and given back at once by a process that ends.
  const pid = yield* spawn({
    argv: [ascii('docker-proxy')],
    body: function* () {
      const got = yield* machine((door) => door.publish(port, 'container:', 1));
      return got === 'published' ? 0 : got === 'in-use' ? 1 : 2;
    },
    streams: new Map(),
  });
  const status = (yield* waitFor(pid))?.status;
  if (status === 1) return `Bind for 0.0.0.0:${port} failed: port is already allocated`;
  if (status === 2)
    return `Error starting userland proxy: listen tcp4 0.0.0.0:${port}: bind: address already in use`;
  return undefined;
}

function* shim(record: ContainerRecord, program: Program, begun: () => void): Run {
  for (const { host, container } of record.ports)
    yield* machine((door) => door.publish(host, networkOf(record), container));
  const { read: from, write: to } = yield* pipe();
  const child = yield* spawn({
    ...placeOf(record),
    argv: record.command.map((word) => utf8Encode(word)),
    body: program,
    streams: new Map([
      [1, to],
      [2, to],
    ]),
    group: 'new',
  });
  yield* close(to);
  record.state = 'running';
  record.startedAt = yield* now();
  record.exitCode = 0;
  yield* keepRecord(record);
  begun();
  const log = yield* open(ascii(logPathOf(record)), 'append');
  let partial: string = EMPTY;
  for (let bytes = yield* read(from); bytes !== ''; bytes = yield* read(from)) {
    const lines = (partial + bytes).split('\n');
    partial = lines.pop() ?? '';
    if (typeof log === 'number') yield* logLines(log, lines);
  }
  if (partial !== '' && typeof log === 'number') yield* logLines(log, [partial]);
  const exit = yield* waitFor(child);
  const network = networkOf(record);
  for (const row of yield* processes())
    if (row.network === network && row.state !== 'Z') yield* kill(row.pid, 'KILL');
  record.state = 'exited';
  record.exitCode = exit?.status ?? 0;
  record.finishedAt = yield* now();
  if (record.removeAtEnd) yield* removeContainer(record, 'with-volumes');
  else yield* keepRecord(record);
  return 0;
}

function* logLines(log: number, lines: readonly string[]): Run<undefined> {
  if (lines.length === 0) return undefined;
  const time = formatTime('%Y-%m-%dT%H:%M:%S.%NZ', yield* now());
  const text = lines.map(
    (line) => `{"log":${JSON.stringify(`${line}\n`)},"stream":"stdout","time":"${time}"}\n`,
  );
  yield* write(log, ascii(text.join('')));
  return undefined;
}

/** Its files, and the volumes that nobody has named. */
export function* removeContainer(
  record: ContainerRecord,
  how: 'with-volumes' | 'alone',
): Run<undefined> {
  yield* removeTree(folderOf(record));
  yield* removeTree(`${ROOT}/overlay2/${record.id}`);
  if (how === 'alone') return undefined;
  const used = new Set(
    (yield* containers()).flatMap(({ mounts }) => mounts.map(({ volume }) => volume)),
  );
  for (const { volume } of record.mounts)
    if (volume !== null && isAnonymous(volume) && !used.has(volume))
      yield* removeTree(volumePath(volume).replace(/\/_data$/, ''));
  return undefined;
}

/** Sends it to process 1; false: the container does not run. */
export function* signalContainer(record: ContainerRecord, signal: SignalName): Run<boolean> {
  const one = processOf(record, yield* processes());
  if (one === undefined) return false;
  yield* kill(one.pid, signal);
  return true;
}

/** Waits for its end at most so long; false: it still runs. */
export function* awaitEnd(record: ContainerRecord, micros: number): Run<boolean> {
  const until = (yield* now()) + micros;
  for (;;) {
    const found = (yield* containers()).find(({ id }) => id === record.id);
    if (found === undefined || found.state !== 'running') return true;
    if ((yield* now()) >= until) return false;
    yield* sleep(LOOK_EVERY);
  }
}
