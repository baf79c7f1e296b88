/** Going back in a run in which bash was used: what was copied at its prompts goes on as what was replayed. */
import { describe, expect, test } from 'vitest';
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import { applyAction, type LabAction } from '../../src/lab/action.ts';
import { canBeCopied, labAt, takeCheckpoint } from '../../src/lab/checkpoint.ts';
import { Checkpoints } from '../../src/lab/checkpoints.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { Replay, runOf, runUpTo, startLab, type Run } from '../../src/lab/replay.ts';
import { shellsOfLab } from '../../src/shell/shells.ts';
import { Dice, labOf, passTime, randomAction } from '../lab/random-session.ts';
import { terminalsOf, wholeStateOfCopy } from './random-shell.ts';

const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);
const SESSIONS = Number(process.env['SESSIONS'] ?? 2);

/** What a shell remembers from line to line, what it says of it, and work that ends. */
const LINES: readonly string[] = [
  'X=$((X+1)); export Y="y $X"; readonly Z$X=1',
  'echo $X $Y $? $$ $! $RANDOM "$PWD" $- $LINENO',
  'cd /tmp; mkdir -p d; cd d',
  'cd - > /dev/null; pwd',
  'greet() { local n=$1; echo "hello $n $X"; return 3; }',
  'greet you; echo $?',
  'alias',
  'set -u -o pipefail; set -- one "two three"; shift',
  'set +u; echo "$# $@"',
  'history | tail -n 3',
  "trap 'echo bye >> /data/bye' EXIT",
  "trap 'echo usr1' USR1; kill -USR1 $$",
  'trap',
  'exec 3>> /data/three; echo three >&3',
  'echo again >&3; exec 3>&-',
  'for i in 1 2 3; do',
  'echo $i; done',
  'cat <<E',
  'E',
  'no such program',
  "echo 'half",
  "a line'",
  'sleep 0.2 &',
  'sleep 0.1 & wait; jobs',
  'jobs; getopts ab o -a; echo $o $OPTIND',
  'ps',
  'redis-cli SET k $RANDOM; redis-cli INCR n',
  'for i in 1 2 3; do redis-cli LPUSH l $i; done > /dev/null',
  'kill -9 $(pidof redis-server)',
  'redis-cli CONFIG SET appendfsync always',
  'cp appendonlydir/*.incr.aof copy.aof; ls -l',
  'docker run --name box -d redis; sleep 0.1; docker stop box; docker ps -a',
  'docker logs box; docker rm box',
  'PS1="\\w> "',
  'exit 4',
  '',
];

function terminalAct(dice: Dice): Extract<LabAction, { kind: 'terminal' }>['act'] {
  return dice.pick<() => Extract<LabAction, { kind: 'terminal' }>['act']>([
    () => ({ kind: 'open', columns: 80, rows: 24 }),
    ...Array.from({ length: 8 }, () => () => ({
      kind: 'line' as const,
      text: utf8Encode(dice.pick(LINES)),
    })),
    () => ({ kind: 'signal', name: dice.pick(['INT', 'TSTP']) }),
    () => ({ kind: 'keys', data: ascii('half') }),
    () => ({ kind: 'resize', columns: 40 + dice.below(80), rows: 10 + dice.below(40) }),
    () => ({ kind: 'shown' }),
    () => ({ kind: dice.pick(['end', 'close']) }),
  ])();
}

function shellDeed(dice: Dice, lab: Lab): LabAction {
  const lane = dice.pick(lab.lanes).state.id;
  if (dice.below(5) === 0) return randomAction(dice, lab);
  if (dice.below(3) === 0) return { kind: 'shell', lane, line: utf8Encode(dice.pick(LINES)) };
  return { kind: 'terminal', lane, session: 1 + dice.below(2), act: terminalAct(dice) };
}

/** A session at the shells of a lab, in which checkpoints are noted as it goes. */
function shellSession(name: string, length: number, checkpoints: Checkpoints): Lab {
  const dice = new Dice(name);
  const lab = labOf({
    seed: dice.below(1_000_000),
    clock: { paused: dice.below(3) === 0 },
    lanes: [{ id: 'a', config: { appendfsync: 'everysec' } }, { id: 'b' }].slice(dice.below(2)),
    ...(dice.below(3) === 0 ? { workload: { rate: 60 } } : {}),
  });
  for (let i = 0; i < length; i++) {
    applyAction(lab, shellDeed(dice, lab));
    passTime(dice, lab);
    checkpoints.note(lab);
  }
  return lab;
}

function arrived(lab: Lab, run: Run): Lab {
  const job = new Replay(lab, run);
  for (let state = job.step(300); state !== 'done'; state = job.step(300))
    if (state !== 'more') throw new Error(state.problem);
  return job.lab;
}

const shown = (lab: Lab): unknown => [wholeStateOfCopy(lab), terminalsOf(lab)];

describe(`checkpoints of a run with shell work (seed ${seed})`, () => {
  test('any instant reached from the nearest one is what a replay from the start comes to', () => {
    let withShell = 0;
    for (let i = 0; i < SESSIONS; i++) {
      const name = `session ${seed} ${i}`;
      const checkpoints = new Checkpoints({ spacing: 40, bytes: () => 1 << 27 });
      const lab = shellSession(name, 40, checkpoints);
      const whole = runOf(lab);
      const dice = new Dice(`instants ${name}`);
      const ends = Array.from({ length: 8 }, () => dice.below(whole.end + 1));
      // One replay comes by all of them; that it stops there changes nothing.
      const fresh = startLab(whole);
      for (const at of [...ends, whole.end].toSorted((a, b) => a - b)) {
        const run = runUpTo(whole, at);
        const from = checkpoints.nearest(run);
        if (from.guests !== null) withShell++;
        expect(shown(arrived(from, run)), `${name}, ${at} µs`).toEqual(shown(arrived(fresh, run)));
        expect(from.state.actions, name).toEqual(fresh.state.actions);
      }
      // Those who went back have changed nothing in the run at hand, nor in the checkpoints.
      expect(shown(arrived(checkpoints.nearest(whole), whole)), name).toEqual(shown(lab));
    }
    expect(withShell).toBeGreaterThan(SESSIONS);
  }, 120_000);
});

function labWithShell(): { lab: Lab; type: (line: string, ms?: number) => void } {
  const lab = labOf({});
  const act = (what: Extract<LabAction, { kind: 'terminal' }>['act'], ms: number): void => {
    const action = { kind: 'terminal', lane: 'main', session: 1, act: what } as const;
    expect(applyAction(lab, action)).toBeUndefined();
    lab.runUntil(lab.clock.now + ms * 1000, Infinity);
  };
  act({ kind: 'open', columns: 80, rows: 24 }, 100);
  return { lab, type: (line, ms = 500) => act({ kind: 'line', text: utf8Encode(line) }, ms) };
}

test('two copies of one instant go their own ways, and neither changes the shell that was copied', () => {
  const { lab, type } = labWithShell();
  type('X=1; f() { X=$((X+1)); echo "f $X"; }; history');
  const checkpoint = takeCheckpoint(lab, new WeakMap());
  const said = (from: Lab, line: string): string => {
    const action = { kind: 'shell', lane: 'main', line: utf8Encode(line) } as const;
    const typed = { kind: 'line', text: utf8Encode(line) } as const;
    applyAction(from, { kind: 'terminal', lane: 'main', session: 1, act: typed });
    applyAction(from, action);
    from.runUntil(from.clock.now + 500_000, Infinity);
    return JSON.stringify(terminalsOf(from));
  };
  const [one, other] = [labAt(checkpoint, new WeakMap()), labAt(checkpoint, new WeakMap())];
  expect(said(one, 'f; f; cd /tmp; unset -f f')).toContain('f 3');
  expect(said(other, 'f; history')).toContain('f 2');
  expect(said(one, 'pwd; f')).toContain('f: command not found');
  expect(said(labAt(checkpoint, new WeakMap()), 'pwd; f')).toContain('f 2');
  type('f');
  expect(JSON.stringify(terminalsOf(lab))).toContain('f 2');
});

test.each([
  ['a job', 'sleep 60 &'],
  ['a stopped job', 'sleep 60 & sleep 0.1; kill -STOP %1'],
  ['a program that reads', 'cat'],
  ['a server in a container', 'docker run --name box -d redis'],
  ['a shell within the shell', 'bash'],
  ['a shell that took its place', 'exec bash'],
  ['a program that connects', 'redis-cli'],
  ['a server of the shell', 'redis-server --port 7000 --appendonly yes > /tmp/log &'],
])('while there is %s, checkpoints wait', (_, line) => {
  const { lab, type } = labWithShell();
  expect(canBeCopied(lab)).toBe(true);
  type(line);
  expect(canBeCopied(lab)).toBe(false);
});

test.each([
  ['a job that has ended, before anybody was told', 'sleep 0.1 &'],
  ['a command that is half typed', 'for i in 1 2; do'],
  ['a container that has been stopped', 'docker run --name box -d redis; docker stop box'],
  ['a server that was stopped', 'kill -9 $(pidof redis-server)'],
  ['files that are open', 'exec 5> /data/five; exec 6< /dev/null'],
])('with %s, the lab can be copied', (_, line) => {
  const { lab, type } = labWithShell();
  type(line, 20_000);
  expect(canBeCopied(lab)).toBe(true);
  const copy = labAt(takeCheckpoint(lab, new WeakMap()), new WeakMap());
  expect(shown(copy)).toEqual(shown(lab));
  const shells = shellsOfLab(copy);
  expect(typeof shells === 'string' ? shells : shells.terminal(1)?.session.cwd).toBe('/data');
});
