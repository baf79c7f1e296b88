/** Random sessions at a lab: what a person, a script and a workload might do, in slices of any size. */
import { ascii, bytesOf, utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import { applyAction, type LabAction } from '../../src/lab/action.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { Setup } from '../../src/lab/view.ts';

export const CREATED_AT = 1_795_225_880_000_000;

export class Dice {
  readonly random: RandomState;
  constructor(seed: string | number) {
    this.random = seedRandom(seed);
  }
  below(limit: number): number {
    return nextBelow(this.random, limit);
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

export function labOf(setup: Setup): Lab {
  const plan = planLab(setup, CREATED_AT);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

export function randomSetup(dice: Dice): Setup {
  const policies = ['always', 'everysec', 'no'];
  const lane = (i: number): NonNullable<Setup['lanes']>[number] => ({
    id: `l${i}`,
    config: {
      appendfsync: dice.pick(policies),
      ...(dice.below(5) === 0 ? { appendonly: 'no', save: '5 1' } : {}),
      ...(dice.below(5) === 0 ? { 'aof-use-rdb-preamble': 'no' } : {}),
      ...(dice.below(4) === 0 ? { requirepass: 'hunter2' } : {}),
    },
  });
  return {
    seed: dice.below(1_000_000),
    lanes: Array.from({ length: 1 + dice.below(3) }, (_, i) => lane(i)),
    disk: { preset: dice.pick(['hdd', 'ssd', 'nvme', 'cloud', 'lying'] as const) },
    clock: { paused: dice.below(2) === 0 },
    ...(dice.below(3) === 0 ? { workload: { rate: 50 + dice.below(400) } } : {}),
    ...(dice.below(4) === 0 ? { files: { 'note.txt': bytesOf(utf8Encode('a ü note')) } } : {}),
  };
}

const WORDS: readonly string[] = ['a', 'b 2', '"q"', '\x00\xff', '!x', '#', '@1', '$', "it's", ''];

export function randomCommand(dice: Dice): readonly ByteString[] {
  const key = (): string => `k:${dice.below(20)}`;
  const word = (): string => dice.pick(WORDS);
  const words = dice.pick<() => readonly string[]>([
    () => ['SET', key(), word()],
    () => ['INCR', 'n'],
    () => ['LPUSH', 'list', word(), word()],
    () => ['BLPOP', 'empty', '1'],
    () => ['MULTI'],
    () => ['EXEC'],
    () => ['EXPIRE', key(), '1'],
    () => ['BGREWRITEAOF'],
    () => ['BGSAVE'],
    () => ['AUTH', 'hunter2'],
    () => ['CONFIG', 'SET', 'appendfsync', dice.pick(['always', 'everysec', 'no'])],
    () => ['EVAL', "for i=1,200 do redis.call('SET','e:'..i,i) end return 1", '0'],
    () => [word(), word()],
  ])();
  return words.map((each) => ascii(each));
}

export function randomAction(dice: Dice, lab: Lab): LabAction {
  const lane = dice.pick(lab.lanes).state.id;
  const maybeLane = dice.below(2) === 0 ? {} : { lane };
  const command = (): LabAction => ({
    kind: 'command',
    lane,
    client: dice.pick(['script', 'console', 'my "own"']),
    argv: randomCommand(dice),
  });
  const now = lab.now;
  return dice.pick<() => LabAction>([
    command,
    command,
    command,
    command,
    command,
    () => ({ kind: 'interrupt', lane, client: 'console' }),
    () => ({ kind: 'pause' }),
    () => ({ kind: 'play' }),
    () => ({ kind: 'play', speed: dice.pick([0.1, 1 / 3, 20]) }),
    () => ({ kind: 'speed', speed: 2 }),
    () => ({ kind: 'kill', ...maybeLane }),
    () => ({
      kind: 'power',
      tail: dice.pick([
        ...(['lost', 'kept', 'zero-filled', 'holes', 'reordered'] as const),
        { cutAt: dice.below(3000) },
      ]),
      ...maybeLane,
    }),
    () => ({ kind: 'boot' }),
    () => ({ kind: 'boot', ...maybeLane }),
    () => ({ kind: 'signal', signal: 'TERM', ...maybeLane }),
    () => ({
      kind: 'fault',
      fault: {
        kind: 'fsync-time',
        value: 300.1234567,
        ...maybeLane,
        at: now + 100.123456,
        until: now + 900,
      },
    }),
    () => ({ kind: 'fault', fault: { kind: 'write-blocks-during-fsync' } }),
    () => ({ kind: 'fault', fault: { kind: 'write-error', value: 'EIO', path: '/data/a b' } }),
    () => ({ kind: 'fault', fault: { kind: 'clock-jump', value: -1500 } }),
    () => ({ kind: 'heal' }),
    () => ({ kind: 'workload', workload: null }),
    () => ({
      kind: 'workload',
      workload: {
        rate: 20 + dice.below(300) / 7,
        loop: dice.pick(['open', 'closed'] as const),
        clients: 1 + dice.below(4),
        mix: ['SET k:{k} {v}', 'INCR "c d"'],
        transactions: dice.below(3),
        ttl: dice.below(2) * 400,
      },
    }),
    () => ({ kind: 'tail', tail: 'kept' }),
    () => ({ kind: 'write', lane, path: 'x y.txt', bytes: bytesOf(utf8Encode('END\nü\n')) }),
    () => ({ kind: 'write', lane, path: '/data/raw', bytes: Uint8Array.of(13, 255, 0, 10) }),
    () => ({
      kind: 'import',
      lane,
      files: [{ name: 'a b.aof', bytes: bytesOf(ascii('*1\r\n$8\r\nFLUSHALL\r\n')) }],
    }),
  ])();
}

/** Lets some time pass as a host does it: in slices of any number of events, and not always to the end. */
export function passTime(dice: Dice, lab: Lab): void {
  // A closed loop does thousands of things in a second.
  const isBusy = lab.state.workload?.loop === 'closed';
  if (dice.below(6) === 0) {
    // A step to what never comes goes on for a minute, which takes long with a workload.
    const isIdle = lab.state.workload === null;
    lab.step(isIdle ? dice.pick(['command', 'tick', 'fsync'] as const) : 'tick');
    return;
  }
  const target = lab.clock.now + dice.below(dice.pick([300, 30_000, isBusy ? 30_000 : 700_000]));
  for (let slices = dice.below(60); slices >= 0; slices--)
    if (lab.runUntil(target, 1 + dice.below(25)) === 'done') return;
}

/** A session of that many things done; refused ones among them. */
export function randomSession(seed: string | number, length: number): Lab {
  const dice = new Dice(seed);
  const lab = labOf(randomSetup(dice));
  for (let i = 0; i < length; i++) {
    if (dice.below(3) > 0) passTime(dice, lab);
    applyAction(lab, randomAction(dice, lab));
    for (const { state } of lab.lanes) state.answers.length = 0;
  }
  passTime(dice, lab);
  return lab;
}
