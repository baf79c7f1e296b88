/** What was done in bash is done again by its run: the same bytes, the same processes, the same terminals. */
import { describe, expect, test } from 'vitest';
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import { hasKey } from '../../src/engine/data/key-space.ts';
import { formatActions, parseActions } from '../../src/lab/action-text.ts';
import { applyAction, type LabAction } from '../../src/lab/action.ts';
import { copyLab, isWholeInCopy, Replay, replay, runOf } from '../../src/lab/replay.ts';
import { decodeLink, decodeRun, encodeLink, encodeRun } from '../../src/lab/run-file.ts';
import { maskRun } from '../../src/lab/secrets.ts';
import { labOf } from '../lab/random-session.ts';
import { randomShellSession, terminalsOf, wholeState } from './random-shell.ts';

const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);
const SESSIONS = Number(process.env['SESSIONS'] ?? 3);

describe(`a run with shell work (seed ${seed})`, () => {
  test('comes to the same machine, process by process and byte by byte, and so does its link', () => {
    for (let i = 0; i < SESSIONS; i++) {
      const name = `session ${seed} ${i}`;
      const lab = randomShellSession(`${seed} ${i}`, 25);
      const run = runOf(lab);
      const again = replay(run);
      expect(again.clock.now, name).toBe(lab.clock.now);
      expect(again.state.actions, name).toEqual(lab.state.actions);
      expect(wholeState(again), name).toBe(wholeState(lab));
      expect(terminalsOf(again), name).toEqual(terminalsOf(lab));
      const text = formatActions(run.actions, 'a');
      expect(parseActions(text, 'a'), name).toEqual({ ok: true, value: run.actions });
      const link = decodeLink(encodeLink(run));
      if (!link.ok) throw new Error(`${name}: ${link.error}`);
      // A link has no passwords: a lab that was told some is compared with one that was told their stand-ins.
      const told = replay(maskRun(run));
      expect(wholeState(replay(link.value)), name).toBe(wholeState(told));
    }
  }, 60_000);

  test('may be replayed in slices of any size', () => {
    const lab = randomShellSession(`slices ${seed}`, 25);
    const run = runOf(lab);
    const job = new Replay(replay({ ...run, actions: [], end: 0 }), run);
    let state = job.step(7);
    while (state === 'more') state = job.step(7);
    expect(state).toBe('done');
    expect(wholeState(job.lab)).toBe(wholeState(lab));
  });
});

const inShell = (line: string): LabAction => ({
  kind: 'shell',
  lane: 'main',
  line: utf8Encode(line),
});

test('a copy lacks the processes of the shell: it is for looking, and nothing goes on from it', () => {
  const lab = labOf({});
  expect(isWholeInCopy(lab)).toBe(true);
  expect(applyAction(lab, inShell('echo x > f'))).toBeUndefined();
  lab.runUntil(lab.clock.now + 1_000_000, Infinity);
  expect(isWholeInCopy(lab)).toBe(false);
  const copy = copyLab(lab);
  expect(copy.lanes[0]!.kernel.readFile('/data/f')).toEqual(Uint8Array.of(120, 10));
  expect(applyAction(copy, inShell('ls'))).toContain('not in this copy');
  expect(() => new Replay(copy, runOf(lab))).toThrow('cannot go on');
});

test('typed lines stand in the run as they were typed, and a file of the run holds them', () => {
  const lab = labOf({});
  const acts: readonly LabAction[] = [
    inShell('redis-check-aof --fix appendonlydir/appendonly.aof.manifest'),
    inShell('cat <<E\n two \nE'),
    { kind: 'terminal', lane: 'main', session: 1, act: { kind: 'open', columns: 80, rows: 24 } },
    { kind: 'terminal', lane: 'main', session: 1, act: { kind: 'line', text: utf8Encode('ls ü') } },
    { kind: 'terminal', lane: 'main', session: 1, act: { kind: 'line', text: ascii(' a') } },
    { kind: 'terminal', lane: 'main', session: 1, act: { kind: 'keys', data: ascii('\x03"') } },
  ];
  for (const action of acts) expect(applyAction(lab, action)).toBeUndefined();
  const text = formatActions(lab.state.actions, 'main').replaceAll(/^@\S+ /gm, '');
  expect(text.split('\n')).toEqual([
    '$ redis-check-aof --fix appendonlydir/appendonly.aof.manifest',
    '!shell "cat <<E\\n two \\nE"',
    '!terminal 1 open 80x24',
    '!terminal 1 $ ls ü',
    '!terminal 1 line " a"',
    '!terminal 1 keys "\\x03\\""',
    '',
  ]);
  const decoded = decodeRun(encodeRun(runOf(lab)));
  expect(decoded.ok && decoded.value.actions).toEqual(lab.state.actions);
});

test('a terminal that is full waits until it was shown, at an instant that stands in the run', () => {
  const lab = labOf({});
  const act = (what: Extract<LabAction, { kind: 'terminal' }>['act']): void => {
    expect(
      applyAction(lab, { kind: 'terminal', lane: 'main', session: 1, act: what }),
    ).toBeUndefined();
    lab.runUntil(lab.clock.now + 2_000_000, Infinity);
  };
  act({ kind: 'open', columns: 80, rows: 24 });
  act({ kind: 'line', text: ascii('head -c 600000 /dev/zero; echo done > /tmp/done') });
  expect(lab.lanes[0]!.kernel.readFile('/tmp/done')).toBeUndefined();
  act({ kind: 'shown' });
  act({ kind: 'shown' });
  expect(lab.lanes[0]!.kernel.readFile('/tmp/done')).toBeDefined();
  expect(wholeState(replay(runOf(lab)))).toBe(wholeState(lab));
});

describe('secrets that were typed at a shell', () => {
  const secret = (line: string): string[] => {
    const lab = labOf({});
    expect(applyAction(lab, inShell(line))).toBeUndefined();
    return maskRun(runOf(lab)).actions.map(({ action }) =>
      action.kind === 'shell' ? action.line : '',
    );
  };

  test.each([
    ['redis-cli -a hunter2 GET x', 'redis-cli -a secret-1 GET x'],
    ["redis-cli -h h -p 1 -a 'open sesame' PING", "redis-cli -h h -p 1 -a 'secret-1' PING"],
    ['REDISCLI_AUTH="p w" redis-cli', 'REDISCLI_AUTH="secret-1" redis-cli'],
    ['redis-cli AUTH hunter2', 'redis-cli AUTH secret-1'],
    ['redis-cli auth eve hunter2 2>&1', 'redis-cli auth eve secret-1 2>&1'],
    ['echo "AUTH hunter2" | redis-cli', 'echo "AUTH secret-1" | redis-cli'],
    ['redis-cli CONFIG SET requirepass hunter2', 'redis-cli CONFIG SET requirepass secret-1'],
    ['redis-server --requirepass hunter2 &', 'redis-server --requirepass secret-1 &'],
    ['echo "requirepass hunter2" >> r.conf', 'echo "requirepass secret-1" >> r.conf'],
    ["redis-cli ACL SETUSER eve on '>apple' '~*'", "redis-cli ACL SETUSER eve on '>secret-1' '~*'"],
    ['redis-cli -u redis://eve:apple@h:1/0', 'redis-cli -u redis://eve:secret-1@h:1/0'],
    [
      'PW=hunter2; redis-cli -a $PW GET x; redis-cli -a "$PW" GET y',
      'PW=secret-1; redis-cli -a $PW GET x; redis-cli -a "$PW" GET y',
    ],
    [
      'redis-dumper backup -s h -p 1 -a hunter2 -f F',
      'redis-dumper backup -s h -p 1 -a secret-1 -f F',
    ],
  ])('%s', (line, masked) => {
    expect(secret(line)).toEqual([masked]);
  });

  test.each([
    'ls -a data',
    'docker ps -a redis-x',
    'grep -n requirepass /etc/redis/redis.conf',
    'redis-cli CONFIG GET requirepass',
    'echo author unknown; cat auth.txt',
    'redis-cli SET a 1 > out; redis-cli -n 3 GET a',
  ])('nothing is secret in %s', (line) => {
    expect(secret(line)).toEqual([line]);
  });

  test('keys are one text, however they were typed, and a run without its secrets still runs', () => {
    const lab = labOf({ lanes: [{ config: { requirepass: 'hunter2' } }] });
    const keys = (data: string): LabAction => ({
      kind: 'terminal',
      lane: 'main',
      session: 1,
      act: { kind: 'keys', data: ascii(data) },
    });
    applyAction(lab, inShell('redis-cli -a hunter2 SET a 1'));
    lab.runUntil(lab.clock.now + 1_000_000, Infinity);
    applyAction(lab, {
      kind: 'terminal',
      lane: 'main',
      session: 1,
      act: { kind: 'open', columns: 80, rows: 24 },
    });
    for (const char of 'requirepass hunter2\r') applyAction(lab, keys(char));
    const masked = maskRun(runOf(lab));
    expect(formatActions(masked.actions, 'main')).not.toContain('hunter2');
    const typed = masked.actions.map(({ action }) =>
      action.kind === 'terminal' && action.act.kind === 'keys' ? action.act.data : '',
    );
    expect(typed.join('')).toBe('requirepass secret-1\r');
    const { space } = replay(masked).lanes[0]!.state.server!.engine.databases[0]!;
    expect(hasKey(space, ascii('a'))).toBe(true);
  });
});
