import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { formatReply, formatReplyRaw, formatReplyTo } from '../../src/cli/format-reply.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { hasRedisCli, printedByRedisCli, resp3 } from './fake-server.ts';

const bulk = (text: string): Reply => ({ type: 'bulk', value: ascii(text) });
const int = (value: number | bigint): Reply => ({ type: 'integer', value });
const array = (...value: Reply[]): Reply => ({ type: 'array', value });
const set = (...value: Reply[]): Reply => ({ type: 'set', value });
const map = (...value: [Reply, Reply][]): Reply => ({ type: 'map', value });
const numbers = (n: number): Reply[] => Array.from({ length: n }, (_, i) => int(i));

/** Each reply, and what the real redis-cli 7.0.15 prints for it in RESP3. */
const PRINTED: [Reply, string][] = [
  [{ type: 'status', value: 'OK' }, 'OK'],
  [{ type: 'error', value: 'ERR syntax error' }, '(error) ERR syntax error'],
  [int(3), '(integer) 3'],
  [int(9223372036854775807n), '(integer) 9223372036854775807'],
  [bulk('user:1'), '"user:1"'],
  [bulk(''), '""'],
  [bulk('a"b\\c\n\r\t\x07\b\0\x7fé'), '"a\\"b\\\\c\\n\\r\\t\\a\\b\\x00\\x7f\\xe9"'],
  [{ type: 'null' }, '(nil)'],
  [{ type: 'null-array' }, '(nil)'],
  [{ type: 'double', value: 3.5 }, '(double) 3.5'],
  [{ type: 'boolean', value: true }, '(true)'],
  [{ type: 'boolean', value: false }, '(false)'],
  [{ type: 'verbatim', format: 'txt', value: ascii('as it\nstands') }, 'as it\nstands'],
  [array(), '(empty array)'],
  [set(), '(empty set)'],
  [map(), '(empty hash)'],
  [array(bulk('a'), bulk('b')), '1) "a"\n2) "b"'],
  [array(array(bulk('a'), int(1)), array(bulk('b'))), '1) 1) "a"\n   2) (integer) 1\n2) 1) "b"'],
  [
    array(...numbers(10)),
    ' 1) (integer) 0\n 2) (integer) 1\n 3) (integer) 2\n 4) (integer) 3\n 5) (integer) 4\n 6) (integer) 5\n 7) (integer) 6\n 8) (integer) 7\n 9) (integer) 8\n10) (integer) 9',
  ],
  [set(bulk('a'), bulk('b')), '1~ "a"\n2~ "b"'],
  [map([bulk('k'), bulk('v')], [bulk('l'), int(2)]), '1# "k" => "v"\n2# "l" => (integer) 2'],
  [map([bulk('k'), array(int(1), int(2))]), '1# "k" => \n   1) (integer) 1\n   2) (integer) 2'],
  [map([bulk('k'), array(int(1))]), '1# "k" => 1) (integer) 1'],
  [array(array(), map(), { type: 'null' }), '1) (empty array)\n2) (empty hash)\n3) (nil)'],
];

describe('what a terminal shows', () => {
  test.each(PRINTED.map(([reply, printed]) => ({ type: reply.type, reply, printed })))(
    '$type: $printed',
    ({ reply, printed }) => {
      expect(formatReply(reply)).toBe(printed);
    },
  );

  test('a RESP2 connection sees flat arrays, strings and integers', () => {
    expect(formatReply(map([bulk('k'), bulk('v')]), 2)).toBe('1) "k"\n2) "v"');
    expect(formatReply(set(bulk('a')), 2)).toBe('1) "a"');
    expect(formatReply({ type: 'double', value: 0.1 }, 2)).toBe('"0.1"');
    expect(formatReply({ type: 'boolean', value: true }, 2)).toBe('(integer) 1');
    expect(formatReply({ type: 'verbatim', format: 'txt', value: ascii('a\nb') }, 2)).toBe(
      '"a\\nb"',
    );
    expect(formatReply(map(), 2)).toBe('(empty array)');
  });

  test('reports are printed as they are, without their last newline', () => {
    const info = bulk('# Server\r\nredis_version:7.2.4\r\n');
    expect(formatReplyTo(['info'], info, 2)).toBe('# Server\r\nredis_version:7.2.4');
    expect(formatReplyTo(['CLIENT', 'LIST'], bulk('id=1\n'), 2)).toBe('id=1');
    expect(
      formatReplyTo(['INFO'], { type: 'error', value: 'NOAUTH Authentication required.' }, 2),
    ).toBe('NOAUTH Authentication required.');
    expect(formatReplyTo(['GET', 'info'], bulk('x\n'), 2)).toBe('"x\\n"');
    expect(formatReplyTo(['CLUSTER', 'INFO', 'x'], bulk('x'), 2)).toBe('"x"');
  });

  test('--raw prints values without quotes', () => {
    expect(formatReplyRaw(array(bulk('a b'), int(1), { type: 'null' }))).toBe('a b\n1\n');
    expect(formatReplyRaw(map([bulk('k'), bulk('v')]))).toBe('k v');
  });
});

/** A reply to parse: scalars of every type, and nests of them not deeper than hiredis reads. */
const replies = fc.letrec<{ reply: Reply }>((tie) => {
  const text = fc
    .string({
      unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
      maxLength: 12,
    })
    .map(ascii);
  const line = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
    maxLength: 12,
  });
  const items = fc.array(tie('reply'), { maxLength: 12 });
  return {
    reply: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      fc.record({ type: fc.constant('bulk' as const), value: text }),
      fc.record({ type: fc.constant('status' as const), value: line }),
      fc.record({ type: fc.constant('error' as const), value: line }),
      fc.record({
        type: fc.constant('integer' as const),
        value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      }),
      fc.record({ type: fc.constant('null' as const) }),
      fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
      fc.record({
        type: fc.constant('double' as const),
        value: fc.integer({ min: -999, max: 999 }).map((n) => n / 8),
      }),
      fc.record({ type: fc.constant('array' as const), value: items }),
      fc.record({ type: fc.constant('set' as const), value: items }),
      fc.record({
        type: fc.constant('map' as const),
        value: fc.array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 11 }),
      }),
    ),
  };
}).reply;

describe.skipIf(!hasRedisCli())('the real redis-cli', () => {
  test('prints the replies of the table in the same way', async () => {
    const shown = await printedByRedisCli(
      PRINTED.map(([reply]) => resp3(reply)),
      ['--no-raw', '-3'],
    );
    expect(shown).toBe(PRINTED.map(([, text]) => `${text}\n`).join(''));
  });

  test('prints RESP2 nulls and errors in the same way', async () => {
    const shown = await printedByRedisCli(
      ['$-1\r\n', '*-1\r\n', '*0\r\n', '*2\r\n$1\r\na\r\n*-1\r\n', '-ERR x\r\n'],
      ['--no-raw'],
    );
    const ours = [
      { type: 'null' },
      { type: 'null-array' },
      array(),
      array(bulk('a'), { type: 'null-array' }),
      { type: 'error', value: 'ERR x' },
    ] as Reply[];
    expect(shown).toBe(ours.map((reply) => `${formatReply(reply, 2)}\n`).join(''));
  });

  const SEED = 7204;
  test(`prints 300 random replies in the same way, on a terminal and raw (seed ${SEED})`, async () => {
    const sample = fc.sample(replies, { numRuns: 300, seed: SEED });
    const bytes = sample.map(resp3);
    expect(await printedByRedisCli(bytes, ['--no-raw', '-3'])).toBe(
      sample.map((reply) => `${formatReply(reply)}\n`).join(''),
    );
    expect(await printedByRedisCli(bytes, ['--raw', '-3'])).toBe(
      sample.map((reply) => `${formatReplyRaw(reply)}\n`).join(''),
    );
  });

  test('prints a report as it is', async () => {
    const text = '# Server\r\nredis_version:7.2.4\r\n';
    const shown = await printedByRedisCli([`$${text.length}\r\n${text}\r\n`], ['--no-raw'], 'INFO');
    expect(shown.replace(/\r?\n$/, '')).toBe(formatReplyTo(['INFO'], bulk(text), 2));
  });
});
