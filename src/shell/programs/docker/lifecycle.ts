/** docker start, stop, restart, kill, rm, wait: each for the containers that it names, one after the other. */
import type { ByteString } from '../../../base/bytes.ts';
import { complain, print, signalNumbers, type Run, type SignalName } from '../../program.ts';
import { findContainer, type ContainerRecord } from './records.ts';
import { readFlags } from './run-options.ts';
import { attached } from './run.ts';
import { awaitEnd, removeContainer, signalContainer, startContainer } from './shim.ts';
import { daemonError, noContainer, wrongUse } from './texts.ts';

const SECOND = 1_000_000;

/** What is done with one container; its status. The name is printed when it is 0. */
type Act = (record: ContainerRecord) => Run;

function* each(command: string, words: readonly ByteString[], act: Act): Run {
  if (words.length === 0) {
    yield* complain(
      `"docker ${command}" requires at least 1 argument.\nSee 'docker ${command} --help'.\n\nUsage:  docker ${command} [OPTIONS] CONTAINER [CONTAINER...]`,
    );
    return 1;
  }
  let status = 0;
  for (const word of words) {
    const record = yield* findContainer(word);
    const ended = record === undefined ? yield* noContainer(word) : yield* act(record);
    if (ended === 0) yield* print(`${word}\n`);
    else status = ended;
  }
  return status;
}

export function* start(argv: readonly ByteString[]): Run {
  const options = readFlags(argv, ['attach', 'interactive'], [], 'any', { a: 'attach' });
  if (typeof options === 'string') return yield* wrongUse('start', options);
  const [first] = options.words;
  if (options.flags.has('attach') && first !== undefined) {
    const record = yield* findContainer(first);
    if (record === undefined) return yield* noContainer(first);
    const problem = yield* startContainer(record);
    return problem === undefined ? yield* attached(record) : yield* daemonError(problem);
  }
  return yield* each('start', options.words, begin);
}

function* begin(record: ContainerRecord): Run {
  if (record.state === 'running') return 0;
  const problem = yield* startContainer(record);
  if (problem === undefined) return 0;
  yield* daemonError(problem);
  yield* complain(`Error: failed to start containers: ${record.name}`);
  return 1;
}

export function* stop(argv: readonly ByteString[], form: 'stop' | 'restart'): Run {
  const options = readFlags(argv, [], ['time', 'timeout', 'signal'], 'any', { t: 'time' });
  if (typeof options === 'string') return yield* wrongUse(form, options);
  const time = Number(
    options.values.get('time')?.at(-1) ?? options.values.get('timeout')?.at(-1) ?? 10,
  );
  const signal = signalOf(options.values.get('signal')?.at(-1) ?? 'TERM') ?? 'TERM';
  return yield* each(form, options.words, function* (record) {
    if (record.state === 'running') {
      yield* signalContainer(record, signal);
      if (!(yield* awaitEnd(record, time * SECOND))) {
        yield* signalContainer(record, 'KILL');
        yield* awaitEnd(record, 10 * SECOND);
      }
    }
    if (form === 'stop') return 0;
    return yield* begin((yield* findContainer(record.id)) ?? record);
  });
}

function signalOf(text: string): SignalName | undefined {
  const bare = text.toUpperCase().replace(/^SIG/, '');
  return names.find((name) => name === bare || String(signalNumbers[name]) === bare);
}

const names = [
  'HUP',
  'INT',
  'QUIT',
  'KILL',
  'USR1',
  'USR2',
  'PIPE',
  'TERM',
  'CONT',
  'STOP',
  'TSTP',
] as const;

export function* kill(argv: readonly ByteString[]): Run {
  const options = readFlags(argv, [], ['signal'], 'any');
  if (typeof options === 'string') return yield* wrongUse('kill', options);
  const text = options.values.get('signal')?.at(-1) ?? 'KILL';
  const signal = signalOf(text);
  return yield* each('kill', options.words, function* (record) {
    if (signal === undefined) return yield* daemonError(`invalid signal: ${text}`);
    if (record.state !== 'running')
      return yield* daemonError(
        `cannot kill container: ${record.name}: container ${record.id} is not running`,
      );
    yield* signalContainer(record, signal);
    if (signal === 'KILL') yield* awaitEnd(record, 10 * SECOND);
    return 0;
  });
}

export function* rm(argv: readonly ByteString[]): Run {
  const options = readFlags(argv, ['force', 'volumes'], [], 'any', { v: 'volumes' });
  if (typeof options === 'string') return yield* wrongUse('rm', options);
  const how = options.flags.has('volumes') ? 'with-volumes' : 'alone';
  return yield* each('rm', options.words, function* (record) {
    if (record.state === 'running') {
      if (!options.flags.has('force'))
        return yield* daemonError(
          `cannot remove container "/${record.name}": container is running: stop the container before removing or force remove`,
        );
      yield* signalContainer(record, 'KILL');
      yield* awaitEnd(record, 10 * SECOND);
    }
    yield* removeContainer(record, how);
    return 0;
  });
}

export function* wait(argv: readonly ByteString[]): Run {
  let status = 0;
  for (const word of argv) {
    const record = yield* findContainer(word);
    if (record === undefined) {
      status = yield* noContainer(word);
      continue;
    }
    while (!(yield* awaitEnd(record, 60 * SECOND)));
    yield* print(`${((yield* findContainer(record.id)) ?? record).exitCode}\n`);
  }
  return status;
}
