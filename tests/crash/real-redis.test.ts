import { expect, test } from 'vitest';
import { describeWithRedis } from '../support/real-redis.ts';
import { filesAround, flipped, isMeasure, smallLog } from './bit-flips.ts';
import { RealStarts } from './real-starts.ts';
import {
  compareWithReal,
  difference,
  FAR_AHEAD,
  ourOutcome,
  readableByReal,
  survivalsOf,
  type Survival,
} from './redis-comparison.ts';

const seed = Number(process.env['SEED'] ?? 1);
const CUTS = 510;
const FLIPS = 120;
const config = { appendonly: 'yes', ...readableByReal };

/** `count` of them, evenly spread; those that are not a plain cut come all, up to a share. */
function spread(survivals: readonly Survival[], count: number): Survival[] {
  const step = Math.max(1, survivals.length / count);
  return Array.from(
    { length: Math.min(count, survivals.length) },
    (_, i) => survivals[Math.floor(i * step)]!,
  );
}

describeWithRedis('what crashes leave, in the real redis-server and in ours', () => {
  test('510 sets of files of a run: the same digest, cut and exit class', async () => {
    const all = survivalsOf({ seed, commands: 90, policy: 'everysec' });
    const survivals = spread(all, CUTS);
    expect(survivals).toHaveLength(CUTS);
    expect(new Set(survivals.map(({ ours }) => ours.outcome))).toEqual(
      new Set(['ready', 'refused']),
    );
    expect(survivals.filter(({ ours }) => ours.cuts !== '').length).toBeGreaterThan(CUTS / 2);
    const { compared, differences } = await compareWithReal(survivals, 3);
    expect({ seed, differences }).toEqual({ seed, differences: [] });
    expect(compared).toBe(CUTS);
  }, 240_000);

  test('120 single-bit flips of a log: the same outcome wherever the real one comes to an end', async () => {
    const log = smallLog(seed, 512, FAR_AHEAD);
    const real = new RealStarts(3);
    const differences: string[] = [];
    let measured = 0;
    const compare = async (i: number): Promise<void> => {
      // Co-prime to the number of bits in most logs: bytes and bits of all places.
      const bit = (i * 1009 + seed) % (log.length * 8);
      const files = filesAround(flipped(log, bit));
      const theirs = await real.start(files);
      if (!isMeasure(theirs)) return;
      measured++;
      const found = difference(ourOutcome(files, config, FAR_AHEAD), theirs);
      if (found !== null) differences.push(`bit ${bit}: ${found}`);
    };
    try {
      await Promise.all(Array.from({ length: FLIPS }, (_, i) => compare(i)));
    } finally {
      real.remove();
    }
    expect({ seed, differences }).toEqual({ seed, differences: [] });
    expect(measured).toBeGreaterThan(FLIPS * 0.9);
  }, 240_000);

  test('a digest, a cut and a refusal that differ are noticed', async () => {
    const log = smallLog(seed, 512, FAR_AHEAD);
    const cut = filesAround(log.subarray(0, log.length - 3));
    const ours = ourOutcome(cut, config, FAR_AHEAD);
    expect(ours).toMatchObject({ outcome: 'ready', cuts: expect.stringContaining('incr.aof') });
    const survival = { where: 'one', files: () => cut };
    const wrong = [
      { ...ours, digest: ours.digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
      { ...ours, cuts: '' },
      { ...ours, outcome: 'refused', why: 'bad format' } as const,
    ];
    const { differences } = await compareWithReal(
      [ours, ...wrong].map((one) => ({ ...survival, ours: one })),
      2,
    );
    expect(differences).toHaveLength(wrong.length);
  });
});
