/**
 * Going back in a run of ten minutes and five lanes: how long until any instant of it stands there whole (files, data
 * set, log, ledger), how long a checkpoint holds up the lab that goes on, and what they all take. Once with 100,000
 * commands in all, once with as many in each lane.
 */
import { Checkpoints } from '../../src/lab/checkpoints.ts';
import { Lab } from '../../src/lab/lab.ts';
import { Replay, runOf, runUpTo } from '../../src/lab/replay.ts';
import { planLab } from '../../src/lab/setup.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { quantile, remark, report } from './bench.ts';

const MINUTES = 10;
const INSTANTS = 100;
const CREATED_AT = 1_795_225_880_000_000;

measure('100k commands in all', 100_000 / 5, { atMost: 300, of: 'value' });
measure('100k commands in each lane', 100_000, undefined);

function measure(
  what: string,
  commands: number,
  goal: { readonly atMost: number; readonly of: 'value' } | undefined,
): void {
  const seconds = MINUTES * 60;
  const lab = labOf(commands / seconds);
  const checkpoints = new Checkpoints();
  globalThis.gc?.();
  const pauses: number[] = [];
  const start = performance.now();
  for (let s = 1; s <= seconds * 10; s++) {
    while (lab.runUntil(lab.epoch + s * 100_000, 4000) === 'more') pauses.push(noted());
    pauses.push(noted());
  }
  const lived = performance.now() - start;
  const { heapUsed, arrayBuffers } = memory();
  const whole = runOf(lab);
  const dice = seedRandom('instants');
  const found: number[] = [];
  for (let i = 0; i < INSTANTS; i++) {
    const run = runUpTo(whole, nextBelow(dice, whole.end));
    const from = performance.now();
    const job = new Replay(checkpoints.nearest(run), run);
    while (job.step(4000) === 'more');
    found.push(performance.now() - from);
  }
  const kept = checkpoints.count;
  checkpoints.forget();
  const after = memory();
  const bytes = heapUsed + arrayBuffers - after.heapUsed - after.arrayBuffers;
  remark(
    `seek: ${what}: the run took ${(lived / 1000).toFixed(1)} s, ${(sum(pauses) / 1000).toFixed(1)} s of it for ${kept} checkpoints of ${(bytes / 1e6).toFixed(0)} MB`,
  );
  const goalOf = (atMost: number): object =>
    goal === undefined ? {} : { goal: { ...goal, atMost } };
  const row = (name: string, value: number, atMost: number): void =>
    report({ name: `${name}, ${what}`, unit: 'ms', rounds: [value], ...goalOf(atMost) });
  row(`any of ${INSTANTS} instants, the slowest`, Math.max(...found), 300);
  row('half of the instants', quantile(found, 0.5), 300);
  row('longest pause for a checkpoint', Math.max(...pauses), 50);

  function noted(): number {
    for (const { state, kernel } of lab.lanes) {
      state.answers.length = 0;
      state.pushes.length = 0;
      state.events.length = 0;
      state.riskSamples.length = 0;
      state.fsyncSamples.length = 0;
      kernel.takePlatterChanges();
    }
    const at = performance.now();
    checkpoints.note(lab);
    return performance.now() - at;
  }
}

function labOf(rate: number): Lab {
  const plan = planLab(
    {
      seed: 7,
      lanes: [
        { id: 'none', config: { appendonly: 'no', save: '' } },
        { id: 'rdb', config: { appendonly: 'no', save: '60 1000' } },
        { id: 'no', config: { appendfsync: 'no' } },
        { id: 'everysec', config: { appendfsync: 'everysec' } },
        { id: 'always', config: { appendfsync: 'always' } },
      ],
      clock: { paused: false },
      workload: { rate },
    },
    CREATED_AT,
  );
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
