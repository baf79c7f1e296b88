/** What an accident takes, against the figures of real servers (spec: loss windows of `everysec`, write-back of Linux). */
import { describe, expect, test } from 'vitest';
import { fault, newSaveLab } from '../server/save-lab.ts';
import { EVERYSEC_ON_7_2_4, measureLossWindows } from './loss-windows.ts';

const RATE = 800;
const SECONDS = 20;

describe('everysec, 800 writes a second for 20 seconds', () => {
  test.each(EVERYSEC_ON_7_2_4)(
    'an fsync of $fsyncMs ms: a power cut takes at worst $worst s and $mean s in the mean',
    ({ fsyncMs, worst, mean, killWorst }) => {
      const { power, kill, acknowledged } = measureLossWindows({
        policy: 'everysec',
        fsyncMs,
        seconds: SECONDS,
        rate: RATE,
        startAtMs: 0,
      });
      expect(acknowledged).toBeGreaterThan(RATE * SECONDS * 0.99);
      const nearest = Math.min(...worst.map((one) => Math.abs(power.worstMs / 1000 / one - 1)));
      expect(nearest).toBeLessThan(0.05);
      expect(Math.abs(power.meanMs / 1000 / mean - 1)).toBeLessThan(0.1);
      if (killWorst === 0) expect(kill.worstMs).toBeLessThan(10);
      else expect(Math.abs(kill.worstMs / 1000 / killWorst - 1)).toBeLessThan(0.05);
    },
  );
});

test('always: neither accident takes anything that was acknowledged', () => {
  const { power, kill } = measureLossWindows({
    policy: 'always',
    fsyncMs: 2,
    seconds: 5,
    rate: 300,
    startAtMs: 0,
  });
  expect(power.worstMs).toBe(0);
  expect(kill.worstMs).toBe(0);
});

test('no: a power cut takes what the kernel has not written back, half a minute at worst', () => {
  const { power, kill } = measureLossWindows({
    policy: 'no',
    fsyncMs: 2,
    seconds: 140,
    rate: 100,
    startAtMs: 0,
  });
  expect(power.worstMs).toBeGreaterThan(30_000);
  expect(power.worstMs).toBeLessThan(35_000);
  expect(power.meanMs).toBeGreaterThan(14_000);
  expect(power.meanMs).toBeLessThan(18_000);
  expect(kill.worstMs).toBe(0);
});

test('everysec on a slow disk: of 40 acknowledged writes a kill takes 39, and the file has the first', () => {
  const lab = newSaveLab({ appendonly: 'yes', appendfsync: 'everysec' });
  lab.pass(2000);
  lab.lab.plan(fault('fsync-time', { value: 6000 }));
  for (let i = 0; i < 40; i++) {
    expect(lab.text(`SET k${i} ${i}`)).toBe('OK');
    lab.pass(10);
  }
  lab.lab.crash('process-killed', 'lost', undefined);
  expect(lab.lab.lanes[0]!.state.crash?.lost).toBe(39);
  lab.lab.plan(null);
  lab.lab.boot(undefined);
  lab.pass(500);
  expect(lab.text('DBSIZE')).toBe('1');
  expect(lab.text('GET k0')).toBe('0');
});
