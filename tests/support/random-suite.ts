/** Random programs of one grammar, compared with the real server; a failing one is made short before it is shown. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedRandom } from '../../src/base/random.ts';
import { describeDifferences, differences } from './differential.ts';
import { randomProgram, shrunk, type Grammar } from './random-programs.ts';
import { describeWithRedis, startRedis, type RealRedis } from './real-redis.ts';

const seed = Number(process.env['SEED'] ?? 20_240_115);

export function randomSuite(name: string, grammar: Grammar, programs = 30, length = 150): void {
  describeWithRedis(name, () => {
    let real: RealRedis;
    beforeAll(async () => {
      real = await startRedis('--enable-debug-command', 'yes');
    });
    afterAll(() => real.stop());

    test(
      `${programs * length} commands answer as the real server does (SEED=${seed})`,
      { timeout: 120_000 },
      async () => {
        for (let i = 0; i < programs; i++) {
          const program = randomProgram(seedRandom(seed + i), grammar, length);
          const protocol = i % 2 === 0 ? 2 : 3;
          const found = await differences(real, program, protocol);
          if (found.length === 0) continue;
          const shortest = await shrunk(
            program,
            async (part) => (await differences(real, part, protocol)).length > 0,
          );
          const lines = shortest.map(({ text }) => text).join('\n');
          expect.fail(
            `SEED=${seed + i}, RESP${protocol}:\n${lines}\n\n${describeDifferences(await differences(real, shortest, protocol))}`,
          );
        }
      },
    );
  });
}
