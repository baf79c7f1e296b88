import { describe, expect, test } from 'vitest';
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { laneView } from '../../src/lab/lane-view.ts';
import { Lab } from '../../src/lab/lab.ts';
import type { LaneAnswer } from '../../src/lab/lane-state.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { Setup } from '../../src/lab/view.ts';

const CREATED_AT = 1_795_225_880_000_000;

function newLab(setup: Setup): Lab {
  const plan = planLab(setup, CREATED_AT);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

/** Sends a line and runs virtual time until it is answered. */
function ask(lab: Lab, line: string): LaneAnswer['outcome'] {
  lab.send(splitArguments(utf8Encode(line)) ?? [ascii('')], 'test', undefined, 7);
  for (let ms = 0; ms < 10_000; ms++) {
    lab.runUntil(lab.clock.now + 1000, Infinity);
    const [answer] = lab.lanes[0]!.state.answers.splice(0);
    if (answer !== undefined) return answer.outcome;
  }
  throw new Error(`no answer to ${line}`);
}

describe('a lab of one lane', () => {
  test('starts a server with an empty log', () => {
    const lab = newLab({});
    const view = laneView(lab.lanes[0]!, 'lost');
    expect(lab.lanes[0]!.state.logLines.join('\n')).toContain('Ready to accept connections tcp');
    expect(view.state).toBe('running');
    expect(view.appended).toBe(0);
    expect(lab.lanes[0]!.kernel.files().map(({ path }) => path)).toEqual([
      '/data/appendonlydir/appendonly.aof.1.base.rdb',
      '/data/appendonlydir/appendonly.aof.1.incr.aof',
      '/data/appendonlydir/appendonly.aof.manifest',
      '/etc/redis/redis.conf',
    ]);
  });

  for (const policy of ['always', 'everysec', 'no'] as const) {
    test(`${policy}: the sentence before a crash equals the ledger after it, and the boot brings back the rest`, () => {
      const lab = newLab({ lanes: [{ config: { appendfsync: policy } }] });
      for (let i = 0; i < 30; i++) {
        expect(ask(lab, `SET k${i} ${i}`)).toEqual({
          outcome: 'reply',
          reply: { type: 'status', value: 'OK' },
        });
        lab.runUntil(lab.clock.now + 60_000, Infinity);
      }
      const lane = lab.lanes[0]!;
      const before = laneView(lane, 'lost');
      expect(before.acknowledgedWrites).toBe(30);
      expect(lab.crash('power-lost', 'lost', undefined)).toBeUndefined();
      const { crash } = laneView(lane, 'lost');
      expect(crash?.lost).toBe(before.atRisk.powerLoss.writes);
      if (policy === 'always') expect(crash?.lost).toBe(0);
      else expect(crash?.lost).toBeGreaterThan(0);
      lab.boot(undefined);
      lab.runUntil(lab.clock.now + 1_000_000, Infinity);
      const after = laneView(lane, 'lost');
      expect(after.state).toBe('running');
      expect(after.keys).toBe(30 - crash!.lost);
      expect(after.crash?.recount).toBeNull();
    });
  }
});
