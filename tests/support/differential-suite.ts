/** Table tests: programs by name, each compared with the real server in both protocols. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeDifferences, differences, parseProgram } from './differential.ts';
import { describeWithRedis, startRedis, type RealRedis } from './real-redis.ts';

export function differentialSuite(name: string, programs: Readonly<Record<string, string>>): void {
  describeWithRedis(name, () => {
    let real: RealRedis;
    beforeAll(async () => {
      real = await startRedis('--enable-debug-command', 'yes');
    });
    afterAll(() => real.stop());

    for (const [title, program] of Object.entries(programs)) {
      for (const protocol of [2, 3] as const) {
        test(`${title}, RESP${protocol}`, async () => {
          const found = await differences(real, parseProgram(program), protocol);
          expect(describeDifferences(found)).toBe('');
        });
      }
    }
  });
}
