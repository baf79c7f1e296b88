import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, parseProgram } from '../support/differential.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../support/real-redis.ts';

describeWithRedis('the comparison with the real server', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis('--enable-debug-command', 'yes');
  });
  afterAll(() => real.stop());

  test('notices a reply that differs', async () => {
    const found = await differences(real, parseProgram('SET a 1\nTIME\nGET a'));
    expect(found.map(({ line }) => line)).toEqual(['TIME']);
  });

  test('notices a hit that was not counted', async () => {
    // 7.0 refuses WITHSCORE of ZRANK before it looks at the key: that reply may differ, the count may not.
    const found = await differences(real, parseProgram('ZADD z 1 a\nZRANK z a WITHSCORE'));
    expect(found.map(({ line }) => line)).toEqual(['INFO']);
  });

  test('notices a data set that differs though no reply did', async () => {
    // The real one deletes the key by its cron, which does not run here.
    const found = await differences(real, parseProgram('SET a 1 PX 1\n@sleep 400'));
    expect(found.map(({ line }) => line)).toEqual(['DEBUG DIGEST']);
  });
});
