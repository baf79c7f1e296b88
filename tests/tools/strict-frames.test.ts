import { describe, expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { newStrictFrames, readStrictFrames } from '../../src/tools/strict-frames.ts';
import { inMemory } from '../../src/tools/tool-files.ts';
import { command, damages, picker, randomLog } from './damaged-logs.ts';

function read(bytes: Uint8Array, until: bigint, windowSize?: number) {
  const frames = newStrictFrames(inMemory(bytes), ascii('a.aof'), 0, 1, windowSize);
  const end = readStrictFrames(frames, until);
  return { end, error: frames.error, line: frames.line };
}

describe('a log of which only a window is in memory', () => {
  test('is found right or wrong as if all of it were there, wherever the windows end', () => {
    const seed = Number(process.env['SEED'] ?? 11);
    const pick = picker(seed);
    const kinds = new Set<string>();
    for (const [damage, harm] of Object.entries(damages))
      for (let n = 0; n < 60; n++) {
        const bytes = harm(randomLog(pick, 2 + pick(30)), pick);
        const until = pick(3) === 0 ? BigInt(1_700_000_000 + pick(20)) : 0n;
        const whole = read(bytes, until, bytes.length);
        kinds.add(whole.end.kind);
        for (const size of [1, 2 + pick(40), 30 + pick(400)])
          expect({ seed, damage, n, size, ...read(bytes, until, size) }).toEqual({
            ...{ seed, damage, n, size },
            ...whole,
          });
      }
    expect([...kinds].sort()).toEqual(['bad-timestamp', 'end', 'later', 'no-frame', 'wrong']);
  });

  test('may hold a command that is larger than a window, and is read on behind it', () => {
    const log =
      command('SET', 'k', 'v'.repeat(3_000_000)) + command('SET', 'k', 'short') + '*1\r\n$3';
    const { end, error } = read(bytesOf(ascii(log)), 0n);
    expect(end).toEqual({ kind: 'wrong', okUpTo: log.length - 6 });
    expect(error).toContain('Expected \\r\\n');
  });
});
