import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithRedis, startRedis, type RealRedis } from '../../support/real-redis.ts';
import { differingPrograms } from './compare-programs.ts';

const seed = Number(process.env['SEED'] ?? 20_240_115);
const count = Number(process.env['COUNT'] ?? 600);

describeWithRedis('random Lua programs', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis();
  });
  afterAll(() => real.stop());

  test(
    `${count} programs give what the real server gives (SEED=${seed})`,
    { timeout: 600_000 },
    async () => {
      const client = await real.open();
      expect((await differingPrograms(client, seed, count)).join('\n\n')).toBe('');
      client.close();
    },
  );
});
