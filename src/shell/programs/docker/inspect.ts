/** docker ps and inspect. */
import { utf8Encode, type ByteString } from '../../../base/bytes.ts';
import type { Micros } from '../../../base/time.ts';
import { complain, now, print, processes, write, type Run } from '../../program.ts';
import { formatTime } from '../date.ts';
import { IMAGE_ID } from './images.ts';
import {
  containers,
  findContainer,
  logPathOf,
  processOf,
  type ContainerRecord,
} from './records.ts';
import { readFlags } from './run-options.ts';
import { humanDuration, table, wrongUse } from './texts.ts';

const MOST_COMMAND = 20;

export function* ps(argv: readonly ByteString[]): Run {
  const options = readFlags(
    argv,
    ['all', 'quiet', 'no-trunc', 'latest'],
    ['filter', 'format'],
    'any',
    {
      n: '',
      f: 'filter',
    },
  );
  if (typeof options === 'string') return yield* wrongUse('ps', options);
  const { flags } = options;
  const at = yield* now();
  const wanted = options.values.get('filter') ?? [];
  let all = (yield* containers()).filter((record) => wanted.every((one) => matches(record, one)));
  if (flags.has('latest')) all = all.slice(0, 1);
  else if (!flags.has('all') && !wanted.some((one) => one.startsWith('status=')))
    all = all.filter(({ state }) => state === 'running');
  const whole = flags.has('no-trunc');
  if (flags.has('quiet')) {
    yield* print(all.map(({ id }) => `${whole ? id : id.slice(0, 12)}\n`).join(''));
    return 0;
  }
  const rows = all.map((record) => rowOf(record, at, whole));
  const format = options.values.get('format')?.at(-1);
  if (format !== undefined && !format.startsWith('table')) {
    const lines = rows.map((row) =>
      format.replace(
        /\{\{\s*\.(\w+)\s*\}\}/g,
        (_, name: string) => row[COLUMNS.indexOf(name)] ?? '',
      ),
    );
    yield* write(1, utf8Encode(lines.map((line) => `${line}\n`).join('')));
    return 0;
  }
  yield* write(
    1,
    utf8Encode(
      table([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows]),
    ),
  );
  return 0;
}

const COLUMNS = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'];

function matches(record: ContainerRecord, filter: string): boolean {
  const [name, value = ''] = filter.split('=');
  if (name === 'name') return record.name.includes(value);
  if (name === 'status') return record.state === value;
  return name === 'id' ? record.id.startsWith(value) : true;
}

function rowOf(record: ContainerRecord, at: Micros, whole: boolean): readonly string[] {
  const { id, image, shown, name } = record;
  const command =
    whole || shown.length <= MOST_COMMAND ? shown : `${shown.slice(0, MOST_COMMAND - 1)}…`;
  return [
    whole ? id : id.slice(0, 12),
    image,
    `"${command}"`,
    `${humanDuration(at - record.createdAt)} ago`,
    statusOf(record, at),
    record.state === 'running' ? portsShown(record) : '',
    name,
  ];
}

function statusOf(record: ContainerRecord, at: Micros): string {
  if (record.state === 'created') return 'Created';
  if (record.state === 'running') return `Up ${humanDuration(at - record.startedAt)}`;
  return `Exited (${record.exitCode}) ${humanDuration(at - record.finishedAt)} ago`;
}

function portsShown({ ports }: ContainerRecord): string {
  const published = ports.flatMap(({ host, container }) =>
    ['0.0.0.0', '[::]'].map((address) => `${address}:${host}->${container}/tcp`),
  );
  const own = ports.some(({ container }) => container === 6379) ? [] : ['6379/tcp'];
  return [...own, ...published].join(', ');
}

export function* inspect(argv: readonly ByteString[]): Run {
  const options = readFlags(argv, [], ['format', 'type'], 'any', { f: 'format' });
  if (typeof options === 'string') return yield* wrongUse('inspect', options);
  const rows = yield* processes();
  const shown: unknown[] = [];
  let status = 0;
  for (const word of options.words) {
    const record = yield* findContainer(word);
    if (record !== undefined) shown.push(whole(record, processOf(record, rows)?.pid ?? 0));
    else status = 1;
  }
  const format = options.values.get('format')?.at(-1);
  if (format === undefined) yield* write(1, utf8Encode(`${JSON.stringify(shown, null, 4)}\n`));
  else
    for (const one of shown)
      yield* write(
        1,
        utf8Encode(
          `${format.replace(
            /\{\{\s*(json\s+)?\.([\w.]*)\s*\}\}/g,
            (_, json: string | undefined, path: string) => {
              const value = at(one, path);
              return json === undefined && typeof value === 'string'
                ? value
                : JSON.stringify(value);
            },
          )}\n`,
        ),
      );
  for (const word of options.words)
    if ((yield* findContainer(word)) === undefined)
      yield* complain(`Error: No such object: ${word}`);
  return status;
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (name === '') continue;
    found =
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([key]) => key === name)?.[1]
        : undefined;
  }
  return found ?? '<no value>';
}

function whole(record: ContainerRecord, pid: number): unknown {
  const time = (instant: Micros): string =>
    instant === 0 ? '0001-01-01T00:00:00Z' : formatTime('%Y-%m-%dT%H:%M:%S.%NZ', instant);
  const ports = Object.fromEntries(
    [...new Set([6379, ...record.ports.map(({ container }) => container)])].map((port) => {
      const bound = record.ports
        .filter(({ container }) => container === port)
        .flatMap(({ host }) =>
          ['0.0.0.0', '::'].map((HostIp) => ({ HostIp, HostPort: String(host) })),
        );
      return [`${port}/tcp`, bound.length === 0 ? null : bound];
    }),
  );
  return {
    Id: record.id,
    Created: time(record.createdAt),
    Path: 'docker-entrypoint.sh',
    Args: record.command,
    State: {
      Status: record.state,
      Running: record.state === 'running',
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: pid,
      ExitCode: record.exitCode,
      Error: '',
      StartedAt: time(record.startedAt),
      FinishedAt: time(record.finishedAt),
    },
    Image: `sha256:${IMAGE_ID}`,
    LogPath: logPathOf(record),
    Name: `/${record.name}`,
    RestartCount: 0,
    Mounts: record.mounts.map(({ volume, from, at: destination }) => ({
      Type: volume === null ? 'bind' : 'volume',
      ...(volume === null ? {} : { Name: volume }),
      Source: from,
      Destination: destination,
      ...(volume === null ? {} : { Driver: 'local' }),
      Mode: '',
      RW: true,
      Propagation: '',
    })),
    Config: {
      Hostname: record.id.slice(0, 12),
      Env: record.env,
      Image: record.image,
      WorkingDir: record.workingDirectory,
    },
    NetworkSettings: { Ports: record.state === 'running' ? ports : {} },
  };
}
