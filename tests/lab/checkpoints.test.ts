import { describe, expect, test } from 'vitest';
import { applyAction } from '../../src/lab/action.ts';
import { forecastAt } from '../../src/lab/accidents.ts';
import { Checkpoints } from '../../src/lab/checkpoints.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { lostWrite } from '../../src/lab/lane-view.ts';
import {
  copyLab,
  Replay,
  replay,
  runOf,
  runUpTo,
  startLab,
  type Run,
} from '../../src/lab/replay.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import {
  Dice,
  labOf,
  passTime,
  randomAction,
  randomSession,
  randomSetup,
} from './random-session.ts';
import { runFingerprint } from './scripted-run.ts';

const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);
/** Each with 20 instants. */
const sessions = Number(process.env['SESSIONS'] ?? 10);
const EVERY: ConstructorParameters<typeof Checkpoints>[0] = {
  spacing: 400,
  bytes: () => 1 << 26,
};

/** A session in which checkpoints are noted as it goes. */
function watchedSession(name: string, length: number, checkpoints: Checkpoints): Lab {
  const dice = new Dice(name);
  const lab = labOf(randomSetup(dice));
  for (let i = 0; i < length; i++) {
    if (dice.below(3) > 0) passTime(dice, lab);
    applyAction(lab, randomAction(dice, lab));
    for (const { state } of lab.lanes) state.answers.length = 0;
    checkpoints.note(lab);
  }
  passTime(dice, lab);
  return lab;
}

function arrived(lab: Lab, run: Run): Lab {
  const job = new Replay(lab, run);
  for (let state = job.step(300); state !== 'done'; state = job.step(300))
    if (state !== 'more') throw new Error(state.problem);
  return job.lab;
}

/** Instants of a run in their order, so that one fresh replay can come by all of them. */
function instants(dice: Dice, { end }: Run, count: number): readonly number[] {
  return Array.from({ length: count }, () => dice.below(end + 1)).toSorted((a, b) => a - b);
}

/** All that a page shows of a lab: files, offsets, data sets, ledger, log. */
function shown(lab: Lab): string {
  for (const { state } of lab.lanes) state.logLines = [];
  return JSON.stringify([
    runFingerprint(lab),
    lab.lanes.map((lane) => {
      const { state } = lane;
      const { crash, records } = state;
      return [
        state.server === null ? null : datasetDigest(state.server.engine.databases),
        crash === null ? null : crash.rows.map((row) => lostWrite(lane, crash, row)),
        Array.from(records.offsets.subarray(0, records.count)),
        Array.from(records.acknowledgedAt.subarray(0, records.acknowledged)),
        state.riskCurve.points,
        Object.values(state.accidents).map(({ count, times, values }) => [
          Array.from(times.subarray(0, count)),
          Array.from(values.subarray(0, count)),
        ]),
      ];
    }),
  ]);
}

describe(`checkpoints (seed ${seed})`, () => {
  test('any instant reached from the nearest checkpoint is what a fresh replay comes to', () => {
    let near = 0;
    for (let i = 0; i < sessions; i++) {
      const name = `${seed} ${i}`;
      const checkpoints = new Checkpoints(EVERY);
      const lab = watchedSession(name, 20, checkpoints);
      const whole = runOf(lab);
      const dice = new Dice(`instants ${name}`);
      const fresh = startLab(whole);
      for (const [k, at] of instants(dice, whole, 20).entries()) {
        const run = runUpTo(whole, at);
        const from = checkpoints.nearest(run);
        if (from.clock.now > from.epoch + 100_000) near++;
        const expected = shown(arrived(fresh, run));
        const what = `session ${name}, ${run.end} µs`;
        expect(shown(arrived(from, run)), what).toBe(expected);
        // Neither does it matter that the fresh one has stopped on its way.
        if (k % 10 === 9) expect(shown(replay(run)), what).toBe(expected);
      }
      // Those who went back have left the checkpoints, and the run, as they were.
      expect(shown(arrived(checkpoints.nearest(whole), whole)), `session ${name}`).toBe(shown(lab));
    }
    // Sessions that crash early have few checkpoints; without any nothing would have been tried.
    expect(near).toBeGreaterThan(0);
  }, 120_000);

  test('what an accident would take is told for any instant, as it would be if it happened there', () => {
    let taken = 0;
    for (let i = 0; i < 10; i++) {
      const name = `what if ${seed} ${i}`;
      const lab = randomSession(name, 20);
      const whole = runOf(lab);
      const dice = new Dice(`accidents ${name}`);
      const there = startLab(whole);
      for (const at of instants(dice, whole, 10)) {
        const run = runUpTo(whole, at);
        arrived(there, run);
        for (const kind of ['process-killed', 'power-lost'] as const) {
          const crashed = copyLab(there);
          crashed.crash(kind, 'lost', undefined);
          const title = `${kind} of ${name} at ${run.end}`;
          const hit = crashed.lanes.map(({ state }) => state.crash);
          // What is sent, or on its way, while the machine is down is no part of what comes back.
          crashed.setWorkload(null);
          crashed.clock.cancelWhere(
            ({ kind, payload }) => kind === 'lane' && payload.type === 'arrive',
          );
          crashed.boot(undefined);
          crashed.runUntilUp();
          for (const [l, lane] of lab.lanes.entries()) {
            const told = forecastAt(lane, lab.epoch + run.end);
            const { state } = there.lanes[l]!;
            const life =
              state.power === 'off' ? 'off' : state.server === null ? 'stopped' : 'running';
            expect(told.life, title).toBe(life);
            if (life !== 'running') continue;
            const risk = kind === 'process-killed' ? told.processKill : told.powerLoss;
            expect([told.acknowledged, risk.writes], title).toEqual([
              hit[l]!.acknowledged,
              hit[l]!.lost,
            ]);
            expect(risk.ms, title).toBe(
              hit[l]!.oldestLostAt === null ? 0 : (hit[l]!.at - hit[l]!.oldestLostAt) / 1000,
            );
            const { records, status } = crashed.lanes[l]!.state;
            const back = records.count === 0 ? 0 : records.writes[records.count - 1]!;
            const kept = told.acknowledged - risk.writes;
            if (status === 'running' && hit[l]!.recount === null)
              expect(back >= kept && back <= kept + hit[l]!.neverAcknowledged, title).toBe(true);
            taken += risk.writes;
          }
        }
      }
    }
    expect(taken).toBeGreaterThan(0);
  }, 60_000);

  test('their number stays bounded, and old instants stay reachable', () => {
    const checkpoints = new Checkpoints({ spacing: 300, bytes: () => 3_000_000 });
    const lab = labOf({
      seed: 3,
      clock: { paused: false },
      workload: { rate: 400, mix: ['SET k:{k} {v}', 'LPUSH l:{k} {v}', 'DEL k:{k}'], keys: 40 },
    });
    for (let i = 0; i < 300; i++) {
      lab.runUntil(lab.clock.now + 50_000, Infinity);
      for (const { state } of lab.lanes) state.answers.length = 0;
      checkpoints.note(lab);
    }
    expect(checkpoints.count).toBeGreaterThan(8);
    expect(checkpoints.count).toBeLessThan(30);
    const whole = runOf(lab);
    const fresh = startLab(whole);
    for (const share of [0.1, 0.4, 0.9]) {
      const run = runUpTo(whole, Math.round(whole.end * share));
      const from = checkpoints.nearest(run);
      expect(from.clock.now).toBeGreaterThan(from.epoch + run.end * 0.4);
      expect(shown(arrived(from, run))).toBe(shown(arrived(fresh, run)));
    }
  });
});
