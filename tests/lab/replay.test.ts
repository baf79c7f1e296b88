import { describe, expect, test } from 'vitest';
import { encodePlatterChanges } from '../../src/machine/platter-codec.ts';
import { formatActions, parseActions } from '../../src/lab/action-text.ts';
import { applyAction, type TimedAction } from '../../src/lab/action.ts';
import { copyLab, Replay, replay, runOf, startLab } from '../../src/lab/replay.ts';
import { maskRun } from '../../src/lab/secrets.ts';
import { ascii } from '../../src/base/bytes.ts';
import { Dice, labOf, passTime, randomAction, randomSession } from './random-session.ts';
import { runFingerprint } from './scripted-run.ts';
import { hasKey } from '../../src/engine/data/key-space.ts';

const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);

describe(`replay (seed ${seed})`, () => {
  test('what was done in slices of any size comes to the same bytes when it is done again', () => {
    for (let i = 0; i < 8; i++) {
      const lab = randomSession(`${seed} ${i}`, 20);
      const again = replay(runOf(lab));
      expect(again.clock.now, `session ${seed} ${i}`).toBe(lab.clock.now);
      expect(runFingerprint(again), `session ${seed} ${i}`).toBe(runFingerprint(lab));
      expect(again.state.actions).toEqual(lab.state.actions);
    }
  }, 60_000);

  test('a session reads back from its text, and the text of a session runs', () => {
    for (let i = 0; i < 3; i++) {
      const lab = randomSession(`text ${seed} ${i}`, 20);
      const text = formatActions(lab.state.actions, lab.state.plan.lanes[0]!.id);
      const parsed = parseActions(text, lab.state.plan.lanes[0]!.id);
      expect(parsed).toEqual({ ok: true, value: lab.state.actions });
      if (!parsed.ok) continue;
      const again = replay({ ...runOf(lab), actions: parsed.value });
      expect(runFingerprint(again)).toBe(runFingerprint(lab));
    }
  }, 60_000);

  test('machines of an earlier visit replay from their platters', () => {
    const before = randomSession(`reopen ${seed}`, 20);
    const platters = new Map(
      before.lanes.map(({ state, kernel }) => [
        state.id,
        encodePlatterChanges(kernel.platterSnapshot()),
      ]),
    );
    const lab = startLab({
      plan: { ...before.state.plan, workload: null },
      reopened: { at: before.clock.now, platters },
    });
    const dice = new Dice(`reopened ${seed}`);
    for (let i = 0; i < 15; i++) {
      passTime(dice, lab);
      applyAction(lab, randomAction(dice, lab));
    }
    expect(runFingerprint(replay(runOf(lab)))).toBe(runFingerprint(lab));
  });

  test('a replay may go on from a copy in the middle, in slices', () => {
    const whole = randomSession(`copy ${seed}`, 25);
    const run = runOf(whole);
    const first = run.actions.slice(0, 12);
    const half = replay({ ...run, actions: first, end: first[first.length - 1]?.at ?? 0 });
    const job = new Replay(copyLab(half), run);
    const untouched = runFingerprint(half);
    let state = job.step(50);
    while (state === 'more') state = job.step(50);
    expect(state).toBe('done');
    expect(runFingerprint(job.lab)).toBe(runFingerprint(whole));
    expect(runFingerprint(half)).toBe(untouched);
  });

  test('without its passwords a run still lets in whom it let in', () => {
    const lab = labOf({ lanes: [{ config: { requirepass: '"open sesame"' } }] });
    const act = (...words: string[]): void => {
      applyAction(lab, { kind: 'command', lane: 'main', client: 'c', argv: words.map(ascii) });
      lab.runUntil(lab.clock.now + 5000, Infinity);
    };
    act('AUTH', 'open sesame');
    act('ACL', 'SETUSER', 'eve', 'on', '>apple', '~*', '+@all');
    act('HELLO', '2', 'AUTH', 'eve', 'apple');
    act('SET', 'a', '1');
    act('CONFIG', 'SET', 'requirepass', 'new one');
    const run = runOf(lab);
    const masked = maskRun(run);
    const shown = JSON.stringify([
      [...masked.plan.lanes[0]!.config],
      formatActions(masked.actions, 'main'),
    ]);
    for (const secret of ['sesame', 'apple', 'new one']) expect(shown).not.toContain(secret);
    const again = replay(masked);
    const space = again.lanes[0]!.state.server!.engine.databases[0]!.space;
    expect(hasKey(space, ascii('a'))).toBe(true);
  });

  test('an action that comes before its predecessor is refused', () => {
    const actions: readonly TimedAction[] = [
      { at: 2000, action: { kind: 'pause' } },
      { at: 1000, action: { kind: 'play' } },
    ];
    const parsed = parseActions(formatActions(actions, 'main'), 'main');
    expect(parsed).toMatchObject({
      ok: false,
      error: expect.stringContaining('action 2 (@1ms !play)'),
    });
  });
});
