import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteString, ascii } from '../../src/base/bytes.ts';
import { globMatch } from '../../src/base/glob.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { type RealRedis, describeWithRedis, startRedis } from '../support/real-redis.ts';

describe('globMatch', () => {
  test.each([
    ['', '', true],
    ['*', '', false],
    ['*', 'a', true],
    ['a*', 'a', true],
    ['a**b', 'ab', true],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-b]llo', 'hbllo', true],
    ['h[b-a]llo', 'hallo', true],
    ['[a-', 'a', true],
    ['a[', 'ab', false],
    ['a[^', 'ab', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\', 'a\\', true],
    ['[\\]]', ']', true],
    ['[]a', 'a', false],
  ])('%j against %j: %j', (pattern, text, expected) => {
    expect(globMatch(ascii(pattern), ascii(text))).toBe(expected);
  });

  test('case is ignored only when asked to, and not for an escaped byte of a class', () => {
    expect(globMatch(ascii('MAX*'), ascii('maxmemory'))).toBe(false);
    expect(globMatch(ascii('MAX*'), ascii('maxmemory'), 'ignore')).toBe(true);
    expect(globMatch(ascii('[A-M]AX'), ascii('max'), 'ignore')).toBe(true);
    expect(globMatch(ascii('[\\M]'), ascii('m'), 'ignore')).toBe(false);
  });

  test('a pattern made to explode costs no more than the product of the lengths', () => {
    const pattern = ascii(`${'a*'.repeat(5_000)}b`);
    const text = ascii('a'.repeat(20_000));
    const start = performance.now();
    expect(globMatch(pattern, text)).toBe(false);
    expect(globMatch(ascii(`${'*a'.repeat(200)}*b`), ascii('a'.repeat(2_000)))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describeWithRedis('globMatch and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const random = seedRandom('globs');
  const drawn = (alphabet: string, longest: number): ByteString => {
    let text = '';
    for (let left = nextBelow(random, longest + 1); left > 0; left--) {
      text += alphabet.charAt(nextBelow(random, alphabet.length));
    }
    return ascii(text);
  };

  test('agree on KEYS of random patterns over random keys', async () => {
    const keys = new Set<ByteString>(
      ['a', 'b', 'ab', '\x7f', '\x80', '\xff', '*', '[', ']', '^', '-', '\\'].map(ascii),
    );
    while (keys.size < 150) keys.add(drawn('aabbcZ*?[]^-\\\x00\x80\xff', 6));
    keys.delete(ascii(''));
    const patterns: ByteString[] = [];
    while (patterns.length < 4_000) {
      const pattern = drawn('aabbcZ**??[[]]^--\\\\\x80\xff', 9);
      // A lone star never reaches the matcher in KEYS.
      if (pattern !== '*') patterns.push(pattern);
    }
    await redis.send([...keys].map((key) => [ascii('SET'), key, ascii('1')]));
    const replies = await redis.send(patterns.map((pattern) => [ascii('KEYS'), pattern]));
    let matches = 0;
    replies.forEach((reply, i) => {
      const pattern = patterns[i]!;
      const expected =
        reply.type === 'array'
          ? reply.value.map((key) => (key.type === 'bulk' ? key.value : ''))
          : [];
      const actual = [...keys].filter((key) => globMatch(pattern, key));
      matches += actual.length;
      expect({ pattern, keys: actual.sort() }).toEqual({ pattern, keys: [...expected].sort() });
    });
    expect(matches).toBeGreaterThan(4_000);
  });

  test('agree when case is ignored, on names of commands', async () => {
    const [list] = await redis.send([[ascii('COMMAND'), ascii('LIST')]]);
    const textsOf = (reply: typeof list): ByteString[] =>
      reply?.type === 'array'
        ? reply.value.map((name) => (name.type === 'bulk' ? name.value : ascii('')))
        : [];
    const names = textsOf(list);
    expect(names.length).toBeGreaterThan(200);
    const patterns = Array.from({ length: 1_500 }, () =>
      ascii(`${drawn('sSgGeEtT**?[]^-\\', 8)}*`),
    );
    const replies = await redis.send(
      patterns.map((pattern) => [
        ascii('COMMAND'),
        ascii('LIST'),
        ascii('FILTERBY'),
        ascii('PATTERN'),
        pattern,
      ]),
    );
    replies.forEach((reply, i) => {
      const pattern = patterns[i]!;
      const actual = names.filter((name) => globMatch(pattern, name, 'ignore'));
      expect({ pattern, names: actual.sort() }).toEqual({ pattern, names: textsOf(reply).sort() });
    });
  });
});
