/**
 * Commands a second of processor time: the Node host with its log on, to which they are sent at once over TCP, beside
 * redis-server in the same way and the engine in the caller's process beside ioredis-mock. The usual ones, and those whose cost could grow with
 * the data set or the pattern.
 *
 * Processor time is that of the server's process, so a machine that is busy with other things tells the same; half of
 * the commands run before anything is measured, as engines compile what runs often.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNodeHost, root } from '../../scripts/builds.mjs';
import { ascii } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { ENGINE, engineRate, runEngine } from './engine-subject.ts';
import { inTurns, remark, report, type Goal } from './bench.ts';
import { MOCK, mockName, mockRate, runMock, type MockTask } from './mock-peer.ts';
import {
  newPeerDirectory,
  redisName,
  redisVersion,
  removePeerDirectory,
  startServer,
} from './redis-peer.ts';

type Words = readonly string[];

interface Subject {
  readonly name: string;
  readonly prepare: readonly Words[];
  /** How many of `command` are measured. */
  readonly count: number;
  readonly command: (i: number) => Words;
  readonly redisGoal?: Goal;
  readonly mockGoal?: Goal;
  /** The mock begins with less, where what it would take is not worth the wait. */
  readonly mockPrepare?: readonly Words[];
}

const ROUNDS = 3;
/** Seconds between two values of a process's clock. */
const TICK = 0.01;
const some = (i: number, below: number): number => (Math.imul(i, 0x9e37_79b1) >>> 0) % below;
const twice: Goal = { atLeast: 2, of: 'times' };

/** Commands of a thousand elements each, so that no request is too long. */
function filled(name: string, count: number, element: (i: number) => readonly string[]): Words[] {
  return Array.from({ length: Math.ceil(count / 1000) }, (_, row) => [
    ...name.split(' '),
    ...Array.from({ length: Math.min(1000, count - row * 1000) }, (_each, i) =>
      element(row * 1000 + i),
    ).flat(),
  ]);
}

const members = (key: string, count: number): Words[] =>
  filled(`ZADD ${key}`, count, (i) => [String(some(i, 1_000_000)), `m${i}`]);

const subjects: readonly Subject[] = [
  {
    name: 'SET',
    prepare: [],
    count: 50_000,
    command: (i) => ['SET', `key:${some(i, 100_000)}`, `value:${i}`],
    mockGoal: twice,
  },
  {
    name: 'GET',
    prepare: filled('MSET', 10_000, (i) => [`key:${i}`, `value:${i}`]),
    count: 50_000,
    command: (i) => ['GET', `key:${some(i, 10_000)}`],
    mockGoal: twice,
  },
  {
    name: 'INCR',
    prepare: [],
    count: 50_000,
    command: (i) => ['INCR', `counter:${some(i, 10_000)}`],
    mockGoal: twice,
  },
  {
    name: 'LPUSH',
    prepare: [],
    count: 50_000,
    command: (i) => ['LPUSH', `list:${some(i, 100)}`, `value:${i}`],
    mockGoal: twice,
  },
  {
    name: 'ZADD',
    prepare: [],
    count: 50_000,
    command: (i) => ['ZADD', `set:${some(i, 100)}`, String(some(i, 1000)), `m${some(i, 5000)}`],
    mockGoal: twice,
  },
  {
    name: 'ZADD at 10k members',
    prepare: members('z', 10_000),
    count: 50_000,
    command: (i) => ['ZADD', 'z', String(some(i, 1_000_000)), `m${some(i, 10_000)}`],
    mockGoal: { atLeast: 200, of: 'times' },
  },
  {
    name: 'ZADD at 100k members',
    prepare: members('z', 100_000),
    count: 50_000,
    command: (i) => ['ZADD', 'z', String(some(i, 1_000_000)), `m${some(i, 100_000)}`],
  },
  {
    name: 'ZRANK at 100k members',
    prepare: members('z', 100_000),
    count: 50_000,
    command: (i) => ['ZRANK', 'z', `m${some(i, 100_000)}`],
  },
  {
    name: 'ZRANGE of ten at 100k members',
    prepare: members('z', 100_000),
    count: 30_000,
    command: (i) => ['ZRANGE', 'z', String(some(i, 99_000)), String(some(i, 99_000) + 9)],
  },
  {
    name: 'RPOPLPUSH at 1M elements',
    prepare: filled('RPUSH l', 1_000_000, (i) => [`element:${i}`]),
    count: 50_000,
    command: () => ['RPOPLPUSH', 'l', 'l'],
    mockPrepare: filled('RPUSH l', 100_000, (i) => [`element:${i}`]),
  },
  {
    name: 'LINDEX of the ends at 1M elements',
    prepare: filled('RPUSH l', 1_000_000, (i) => [`element:${i}`]),
    count: 50_000,
    command: (i) => ['LINDEX', 'l', String(i % 2 === 0 ? some(i, 100) : -1 - some(i, 100))],
    mockPrepare: filled('RPUSH l', 100_000, (i) => [`element:${i}`]),
  },
  {
    name: 'KEYS a*a*a*a*a*a*a*a*b',
    prepare: [['SET', 'a'.repeat(60), '1'], ...filled('MSET', 1000, (i) => [`key:${i}`, '1'])],
    count: 1000,
    command: () => ['KEYS', 'a*a*a*a*a*a*a*a*b'],
    mockPrepare: [['SET', 'a'.repeat(60), '1']],
  },
  {
    name: 'SORT of 10k numbers',
    prepare: filled('RPUSH l', 10_000, (i) => [String(some(i, 1_000_000))]),
    count: 50,
    command: () => ['SORT', 'l', 'LIMIT', '0', '10'],
  },
  {
    name: 'SORT of 10k numbers by keys',
    prepare: [
      ...filled('RPUSH l', 10_000, (i) => [String(i)]),
      ...filled('MSET', 10_000, (i) => [`w${i}`, String(some(i, 1_000_000))]),
    ],
    count: 50,
    command: () => ['SORT', 'l', 'BY', 'w*', 'LIMIT', '0', '10'],
  },
  {
    name: 'SINTER of 10k with 10k, 100 in both',
    prepare: [
      ...filled('SADD s', 10_000, (i) => [`m${i}`]),
      ...filled('SADD t', 10_000, (i) => [`m${i + 9900}`]),
    ],
    count: 100,
    command: () => ['SINTER', 's', 't'],
  },
];

if (process.argv[2] === MOCK) await runMock();
else if (process.argv[2] === ENGINE) await runEngine();
else await compare(process.argv[2]);

async function compare(only: string | undefined): Promise<void> {
  await buildNodeHost('if-changed');
  for (const subject of subjects) {
    if (only === undefined || subject.name.includes(only)) await measure(subject);
  }
}

async function measure(subject: Subject): Promise<void> {
  const { name, count, command, redisGoal, mockGoal } = subject;
  const requests = encoded(Array.from({ length: count }, (_, i) => command(i)));
  const prepare = encoded(subject.prepare);
  const host = [process.execPath, join(root, 'dist/node/server.mjs')];
  const rate = (server: readonly string[]) => (): Promise<number> =>
    served(server, prepare, requests, count);
  const figures = await inTurns(ROUNDS, {
    ours: rate(host),
    redis: redisVersion === undefined ? () => 0 : rate(['redis-server']),
  });
  const unit = 'commands/s of processor time';
  report({
    name,
    unit,
    rounds: figures.ours,
    peer: { name: redisName, rounds: redisVersion === undefined ? [] : figures.redis },
    ...(redisGoal === undefined ? {} : { goal: redisGoal }),
  });
  const task: MockTask = {
    prepare: subject.mockPrepare ?? subject.prepare,
    commands: Array.from({ length: Math.min(count, 10_000) }, (_, i) => command(i)),
    most: count,
  };
  const first = mockRate(task);
  if (first === undefined) remark(`${name}: ${mockName} did not get so far in 30 s.`);
  // Where there is a goal, one figure is not enough.
  const further = first === undefined || mockGoal === undefined ? 0 : ROUNDS - 1;
  const inProcess = { ours: [engineRate(task)], mock: first === undefined ? [] : [first] };
  for (let round = 0; round < further; round++) {
    inProcess.mock.push(mockRate(task) ?? 0);
    inProcess.ours.push(engineRate(task));
  }
  // Neither goes over TCP.
  report({
    name: `${name}, in the process`,
    unit,
    rounds: inProcess.ours,
    peer: { name: mockName, rounds: inProcess.mock },
    ...(mockGoal === undefined ? {} : { goal: mockGoal }),
  });
}

async function served(
  command: readonly string[],
  prepare: Uint8Array,
  requests: Uint8Array,
  count: number,
): Promise<number> {
  const directory = newPeerDirectory();
  const server = await startServer(command, directory, '--appendonly', 'yes');
  await server.pour(prepare);
  await server.pour(requests);
  const before = processorSeconds(server.pid);
  await server.pour(requests);
  const seconds = processorSeconds(server.pid) - before;
  await server.stop();
  removePeerDirectory(directory);
  return count / Math.max(seconds, TICK);
}

/** Of a process and its threads so far, in steps of a hundredth (proc(5): utime and stime). */
function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name before the columns is in brackets, and may hold blanks.
  const columns = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(columns[11]) + Number(columns[12])) * TICK;
}

function encoded(commands: readonly Words[]): Uint8Array {
  const sink = newGrowableBytes();
  for (const argv of commands)
    encodeCommand(
      argv.map((word) => ascii(word)),
      sink,
    );
  return takenBytes(sink);
}
