/** Random sessions at the shells of a lab: scripts' lines and terminals, time in slices of any size, accidents. */
import { createHash, type Hash } from 'node:crypto';
import { ascii, utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { applyAction, type LabAction } from '../../src/lab/action.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { shellsOfLab } from '../../src/shell/shells.ts';
import type { FeedUpdate } from '../../src/shell/terminal-feed.ts';
import { Dice, labOf, passTime, randomAction } from '../lab/random-session.ts';

const LINES: readonly string[] = [
  'echo one > a.txt; cat a.txt',
  'cp appendonlydir/appendonly.aof.1.incr.aof copy.aof; sync',
  'cp -r appendonlydir backup && ls -l backup',
  'rm -rf backup copy.aof',
  'mv a.txt b.txt; ls -la /data',
  'truncate -s -5 appendonlydir/*.incr.aof',
  'echo "aof-load-truncated no" >> /etc/redis/redis.conf',
  'yes | redis-check-aof --fix appendonlydir/appendonly.aof.manifest',
  'redis-check-aof appendonlydir/appendonly.aof.1.incr.aof; echo $?',
  'for i in 1 2 3; do redis-cli SET k:$i v$RANDOM; done',
  'seq 1 200 | while read n; do echo "SET s:$n $n"; done | redis-cli --pipe',
  'redis-cli --raw KEYS "*" | sort | head -n 3',
  'redis-cli MONITOR | head -n 3 &',
  'redis-cli SHUTDOWN; redis-server /etc/redis/redis.conf > /tmp/log &',
  'redis-server --appendonly yes --appendfsync always > /tmp/log2 2>&1 &',
  'kill -9 $(pidof redis-server)',
  'kill -TERM $(pidof redis-server); wait',
  'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done &',
  'sleep 3 & sleep 0.2; jobs; kill %1',
  'cd /tmp; X=$((X+1)); echo $X > x.$X',
  'cd /data; echo $X; date +%s%N >> when',
  'dd if=/dev/zero of=zeros bs=64k count=20; fsync zeros',
  'tail -f /tmp/log | head -n 2 &',
  'find / -name "*.aof" | xargs ls -l',
  'redis-cli -r 5 -i 0.3 INCR n',
  'redis-cli BGREWRITEAOF; sleep 1; redis-cli DEBUG DIGEST',
  'printf "two\nlines" | tee t1 t2 | wc',
  'exit 3',
  'cat', // Reads what comes next.
  'redis-cli',
  'head -c 700000 /dev/zero',
];

const TYPED: readonly string[] = ['SET typed 1', 'INCR n', 'quit', 'a line', '', "it's"];

function terminalAction(dice: Dice, lane: string): LabAction {
  const session = 1 + dice.below(2);
  const act = dice.pick<() => Extract<LabAction, { kind: 'terminal' }>['act']>([
    () => ({ kind: 'open', columns: 80, rows: 24 }),
    () => ({ kind: 'line', text: utf8Encode(dice.pick(LINES)) }),
    () => ({ kind: 'line', text: utf8Encode(dice.pick(LINES)) }),
    () => ({ kind: 'line', text: utf8Encode(dice.pick(TYPED)) }),
    () => ({ kind: 'keys', data: ascii(dice.pick(['q', '\x1b[A', 'abc\r', '\x00\xff'])) }),
    () => ({ kind: 'signal', name: dice.pick(['INT', 'INT', 'TSTP', 'QUIT']) }),
    () => ({ kind: 'end' }),
    () => ({ kind: 'shown' }),
    () => ({ kind: 'resize', columns: 40 + dice.below(80), rows: 10 + dice.below(40) }),
    () => ({ kind: 'close' }),
  ])();
  return { kind: 'terminal', lane, session, act };
}

function shellAction(dice: Dice, lane: string): LabAction {
  const line: ByteString = utf8Encode(dice.pick(LINES));
  return { kind: 'shell', lane, line };
}

/** A lab in which somebody has worked, mostly in bash. */
export function randomShellSession(seed: string, actions: number): Lab {
  const dice = new Dice(seed);
  const lab = labOf({
    seed: dice.below(1_000_000),
    clock: { paused: dice.below(3) === 0 },
    disk: { preset: dice.pick(['hdd', 'ssd', 'nvme'] as const) },
    lanes: [{ id: 'a', config: { appendfsync: dice.pick(['always', 'everysec', 'no']) } }],
    ...(dice.below(3) === 0 ? { workload: { rate: 100 } } : {}),
  });
  for (let i = 0; i < actions; i++) {
    const action = dice.pick<() => LabAction>([
      () => shellAction(dice, 'a'),
      () => shellAction(dice, 'a'),
      () => terminalAction(dice, 'a'),
      () => terminalAction(dice, 'a'),
      () => randomAction(dice, lab),
    ])();
    applyAction(lab, action);
    passTime(dice, lab);
  }
  return lab;
}

/** Everything that the lab is: clock, kernel, page cache, platter, server, log, ledger, processes; what was told apart. */
export function wholeState({ state }: Lab): string {
  const { lanes, clock, actions, paused, speed, workload, workloadRound, tail } = state;
  const parts = lanes.map((lane) => ({
    ...lane,
    answers: [],
    pushes: [],
    events: [],
    kernel: { ...lane.kernel, platterChanges: [] },
  }));
  return digestOf([parts, clock, actions, paused, speed, workload, workloadRound, tail]);
}

/** The same, however much room its columns have, and whoever shares the pages and entries that it does not change. */
export function wholeStateOfCopy(lab: Lab): string {
  const lanes = lab.state.lanes.map(({ records, accidents, kernel, server, ...lane }) => {
    const { count, bytes } = records;
    const trimmed = (column: Float64Array | Uint8Array): unknown => column.slice(0, count);
    const { offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, ends } = records;
    const columns = [offsets, unitEnds, times, acknowledgedAt, writes, kinds, causes, ends];
    const { engine, ...process } = server ?? { engine: null };
    return {
      ...lane,
      answers: [],
      pushes: [],
      events: [],
      records: [count, records.typed, records.own, columns.map(trimmed)],
      text: bytes.bytes.slice(0, bytes.length),
      accidents: Object.values(accidents).map((each) => [
        each.times.slice(0, each.count),
        each.values.slice(0, each.count),
      ]),
      kernel: { ...kernel, platterChanges: [] },
      process,
      data: engine === null ? null : datasetDigest(engine.databases),
    };
  });
  const { clock, actions, paused, speed, workload, workloadRound, tail } = lab.state;
  const rest = [clock, actions, paused, speed, workload, workloadRound, tail];
  return digestOf([lanes, ...rest], SHARING);
}

/** What of the state only says who shares what with whom. */
const SHARING: ReadonlySet<string> = new Set(['owned', 'touched', 'shared']);

function digestOf(whole: unknown, without: ReadonlySet<string> = new Set()): string {
  const hash = createHash('sha256');
  digest(hash, whole, without);
  return hash.digest('hex');
}

/** By content alone: how the host holds a number or a string, and what shares an object, makes no difference. */
function digest(hash: Hash, whole: unknown, without: ReadonlySet<string>): void {
  const above = new Set<object>();
  const left: unknown[] = [whole];
  while (left.length > 0) {
    const value = left.pop();
    if (value instanceof Leave) above.delete(value.object);
    else if (typeof value !== 'object' || value === null)
      hash.update(`${typeof value} ${Object.is(value, -0) ? '-0' : String(value)};`);
    else if (above.has(value)) hash.update('above;');
    else if (ArrayBuffer.isView(value)) {
      hash.update(`bytes ${value.byteLength};`);
      hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    } else {
      const isList = value instanceof Map || value instanceof Set || Array.isArray(value);
      const parts: unknown[] = isList
        ? [...value]
        : Object.entries(value)
            .filter(([name]) => !without.has(name))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .flat();
      hash.update(`${isList ? 'list' : 'record'} ${parts.length};`);
      above.add(value);
      left.push(new Leave(value));
      for (const part of parts.reverse()) left.push(part);
    }
  }
}

class Leave {
  readonly object: object;
  constructor(object: object) {
    this.object = object;
  }
}

/** What stands on the lab's terminals. */
export function terminalsOf(lab: Lab): unknown {
  const shells = shellsOfLab(lab);
  if (typeof shells === 'string') return [];
  return [1, 2].map((number) => {
    const told: FeedUpdate[] = [];
    shells.terminal(number)?.feed.show({ tell: (update) => void told.push(update) });
    return told;
  });
}
