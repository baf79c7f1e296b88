/**
 * `npm run loss-windows [-- --seconds 20] [--rate 800] [--json]`: prints how much an accident takes under each policy
 * and fsync time, beside what was measured on a real Redis 7.2.4.
 */
import { parseArgs } from 'node:util';
import { EVERYSEC_ON_7_2_4, measureLossWindows, type LossRun } from './loss-windows.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '800' },
    json: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
if (!(seconds > 0) || !(rate > 0)) {
  console.error('usage: npm run loss-windows -- [--seconds SECONDS] [--rate WRITES] [--json]');
  process.exit(2);
}

interface Row {
  readonly policy: LossRun['policy'];
  readonly fsyncMs: number;
  readonly powerWorst: number;
  readonly powerMean: number;
  readonly killWorst: number;
  readonly real: string;
}

function row(policy: LossRun['policy'], fsyncMs: number, length: number, real: string): Row {
  const { power, kill } = measureLossWindows({
    policy,
    fsyncMs,
    seconds: length,
    rate,
    startAtMs: 0,
  });
  return {
    policy,
    fsyncMs,
    powerWorst: power.worstMs / 1000,
    powerMean: power.meanMs / 1000,
    killWorst: kill.worstMs / 1000,
    real,
  };
}

/** The kernel writes back after half a minute: that takes longer to see than an fsync a second. */
const LONGEST_CYCLE_SECONDS = 35;
const rows = [
  row('always', 2, seconds, '0 / 0, kill 0'),
  ...EVERYSEC_ON_7_2_4.map(({ fsyncMs, worst, mean, killWorst }) =>
    row('everysec', fsyncMs, seconds, `${worst.join(' or ')} / ${mean}, kill ${killWorst}`),
  ),
  row('no', 2, Math.max(seconds, 6 * LONGEST_CYCLE_SECONDS), '30 to 35 / about 15, kill 0'),
];
if (values.json) console.log(JSON.stringify({ seconds, rate, rows }, null, 2));
else {
  console.log(`${rate} writes/s; what an accident takes, in seconds back from it (worst / mean)\n`);
  console.log('policy    fsync ms   power lost      killed   real 7.2.4: power lost, kill worst');
  for (const { policy, fsyncMs, powerWorst, powerMean, killWorst, real } of rows) {
    const power = `${powerWorst.toFixed(2)} / ${powerMean.toFixed(2)}`;
    console.log(
      `${policy.padEnd(9)} ${String(fsyncMs).padStart(8)}   ${power.padEnd(15)} ${killWorst.toFixed(2).padEnd(8)} ${real}`,
    );
  }
}
