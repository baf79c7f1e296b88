/** docker volume ls, create, rm, inspect, prune. */
import type { ByteString } from '../../../base/bytes.ts';
import { complain, now, print, read, type Run } from '../../program.ts';
import { formatTime } from '../date.ts';
import {
  containers,
  isAnonymous,
  makeVolume,
  newId,
  removeTree,
  volumePath,
  volumes,
} from './records.ts';
import { readFlags } from './run-options.ts';
import { daemonError, table, wrongUse } from './texts.ts';

export function* volume(argv: readonly ByteString[]): Run {
  const [command, ...rest] = argv;
  const options = readFlags(rest, ['quiet', 'force', 'all'], [], 'any');
  if (typeof options === 'string') return yield* wrongUse(`volume ${command ?? ''}`, options);
  const { words, flags } = options;
  switch (command) {
    case 'ls':
    case 'list': {
      const all = yield* volumes();
      if (flags.has('quiet')) yield* print(all.map((name) => `${name}\n`).join(''));
      else yield* print(table([['DRIVER', 'VOLUME NAME'], ...all.map((name) => ['local', name])]));
      return 0;
    }
    case 'create': {
      const name = words[0] ?? (yield* newId('volume'));
      yield* makeVolume(name);
      yield* print(`${name}\n`);
      return 0;
    }
    case 'rm':
    case 'remove':
      return yield* remove(words);
    case 'inspect':
      return yield* inspect(words);
    case 'prune':
      if (!flags.has('force')) {
        const kind = flags.has('all') ? '' : 'anonymous ';
        yield* print(
          `WARNING! This will remove ${kind}local volumes not used by at least one container.\nAre you sure you want to continue? [y/N] `,
        );
        if (!/^y(?:es)?\s*$/i.test(yield* read(0))) return 0;
      }
      return yield* prune(flags.has('all'));
    default:
      yield* complain(
        `\nUsage:  docker volume COMMAND\n\nManage volumes\n\nCommands:\n  create      Create a volume\n  inspect     Display detailed information on one or more volumes\n  ls          List volumes\n  prune       Remove unused local volumes\n  rm          Remove one or more volumes`,
      );
      return command === undefined ? 0 : 1;
  }
}

function* usersOf(name: string): Run<readonly string[]> {
  return (yield* containers())
    .filter(({ mounts }) => mounts.some((mount) => mount.volume === name))
    .map(({ id }) => id);
}

function* remove(names: readonly string[]): Run {
  let status = 0;
  const all = yield* volumes();
  for (const name of names) {
    const users = yield* usersOf(name);
    if (!all.includes(name)) status = yield* daemonError(`get ${name}: no such volume`);
    else if (users.length > 0)
      status = yield* daemonError(`remove ${name}: volume is in use - [${users.join(', ')}]`);
    else {
      yield* removeTree(volumePath(name).replace(/\/_data$/, ''));
      yield* print(`${name}\n`);
    }
  }
  return status;
}

function* inspect(names: readonly string[]): Run {
  const all = yield* volumes();
  const found = names.filter((name) => all.includes(name));
  const at = formatTime('%Y-%m-%dT%H:%M:%SZ', yield* now());
  const shown = found.map((name) => ({
    CreatedAt: at,
    Driver: 'local',
    Labels: isAnonymous(name) ? { 'com.docker.volume.anonymous': '' } : null,
    Mountpoint: volumePath(name),
    Name: name,
    Options: null,
    Scope: 'local',
  }));
  yield* print(`${JSON.stringify(shown, null, 4)}\n`);
  let status = 0;
  for (const name of names)
    if (!all.includes(name)) status = yield* daemonError(`get ${name}: no such volume`);
  return status;
}

function* prune(all: boolean): Run {
  const gone: string[] = [];
  for (const name of yield* volumes()) {
    if ((!all && !isAnonymous(name)) || (yield* usersOf(name)).length > 0) continue;
    yield* removeTree(volumePath(name).replace(/\/_data$/, ''));
    gone.push(name);
  }
  if (gone.length > 0) yield* print(`Deleted Volumes:\n${gone.join('\n')}\n\n`);
  yield* print('Total reclaimed space: 0B\n');
  return 0;
}
