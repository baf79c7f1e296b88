import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ascii, byteStringOf, bytesOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import {
  MAX_REPLY_DEPTH,
  feedReplyBytes,
  newReplyDecoder,
  nextReply,
} from '../../src/resp/reply-decoder.ts';
import { encodeReply } from '../../src/resp/reply-encoder.ts';
import type { Protocol, Reply } from '../../src/resp/reply.ts';
import { type RealRedis, describeWithRedis, startRedis, words } from '../support/real-redis.ts';
import { cut, places } from './chunks.ts';

function encode(reply: Reply, protocol: Protocol): string {
  const sink = newGrowableBytes(0);
  encodeReply(reply, protocol, sink);
  return byteStringOf(takenBytes(sink));
}

function decode(pieces: readonly Uint8Array[]): {
  readonly replies: Reply[];
  readonly error: string | null;
} {
  const state = newReplyDecoder();
  const replies: Reply[] = [];
  for (const piece of pieces) {
    feedReplyBytes(state, piece);
    for (let next = nextReply(state); next.kind !== 'need-more'; next = nextReply(state)) {
      if (next.kind === 'error') return { replies, error: next.message };
      replies.push(next.reply);
    }
  }
  return { replies, error: null };
}

const bulk = (text: string): Reply => ({ type: 'bulk', value: ascii(text) });
const one: Reply = { type: 'integer', value: 1 };

const encodings: [Reply, string, string][] = [
  [{ type: 'status', value: 'OK' }, '+OK\r\n', '+OK\r\n'],
  [{ type: 'error', value: 'ERR syntax error' }, '-ERR syntax error\r\n', '-ERR syntax error\r\n'],
  [{ type: 'integer', value: 0 }, ':0\r\n', ':0\r\n'],
  [{ type: 'integer', value: -42 }, ':-42\r\n', ':-42\r\n'],
  [{ type: 'integer', value: 9007199254740991 }, ':9007199254740991\r\n', ':9007199254740991\r\n'],
  [
    { type: 'integer', value: -9223372036854775808n },
    ':-9223372036854775808\r\n',
    ':-9223372036854775808\r\n',
  ],
  [bulk('\r\n\0\xff'), '$4\r\n\r\n\0\xff\r\n', '$4\r\n\r\n\0\xff\r\n'],
  [bulk(''), '$0\r\n\r\n', '$0\r\n\r\n'],
  [{ type: 'null' }, '$-1\r\n', '_\r\n'],
  [{ type: 'null-array' }, '*-1\r\n', '_\r\n'],
  [{ type: 'array', value: [] }, '*0\r\n', '*0\r\n'],
  [
    { type: 'array', value: [one, bulk('a')] },
    '*2\r\n:1\r\n$1\r\na\r\n',
    '*2\r\n:1\r\n$1\r\na\r\n',
  ],
  [
    { type: 'map', value: [[bulk('a'), one]] },
    '*2\r\n$1\r\na\r\n:1\r\n',
    '%1\r\n$1\r\na\r\n:1\r\n',
  ],
  [{ type: 'set', value: [one] }, '*1\r\n:1\r\n', '~1\r\n:1\r\n'],
  [{ type: 'push', value: [one] }, '*1\r\n:1\r\n', '>1\r\n:1\r\n'],
  [{ type: 'double', value: 3.5 }, '$3\r\n3.5\r\n', ',3.5\r\n'],
  [{ type: 'double', value: 0.1 }, '$3\r\n0.1\r\n', ',0.1\r\n'],
  [{ type: 'double', value: -Infinity }, '$4\r\n-inf\r\n', ',-inf\r\n'],
  [{ type: 'double', value: NaN }, '$3\r\nnan\r\n', ',nan\r\n'],
  [{ type: 'boolean', value: true }, ':1\r\n', '#t\r\n'],
  [{ type: 'boolean', value: false }, ':0\r\n', '#f\r\n'],
  [
    { type: 'bignumber', value: '123456789012345678901' },
    '$21\r\n123456789012345678901\r\n',
    '(123456789012345678901\r\n',
  ],
  [
    { type: 'verbatim', format: 'txt', value: ascii('a\nb') },
    '$3\r\na\nb\r\n',
    '=7\r\ntxt:a\nb\r\n',
  ],
];

describe('encoding', () => {
  test.each(encodings.map(([reply, two, three]) => ({ name: reply.type, reply, two, three })))(
    'a $name in both protocols: $three',
    ({ reply, two, three }) => {
      expect(encode(reply, 2)).toBe(two);
      expect(encode(reply, 3)).toBe(three);
    },
  );

  test('a line break cannot end a status or an error early', () => {
    expect(encode({ type: 'error', value: 'ERR a\r\nb' }, 2)).toBe('-ERR a  b\r\n');
    expect(encode({ type: 'status', value: 'a\nb' }, 3)).toBe('+a b\r\n');
  });
});

describe('decoding', () => {
  test.each(encodings.map(([reply, , three]) => ({ reply, three })))(
    'RESP3 $three',
    ({ reply, three }) => {
      const expected = reply.type === 'null-array' ? { type: 'null' } : reply;
      expect(decode([bytesOf(ascii(three))])).toEqual({ replies: [expected], error: null });
    },
  );

  test.each<[string, Reply]>([
    ['$-1\r\n', { type: 'null' }],
    ['*-1\r\n', { type: 'null-array' }],
    ['!8\r\nERR a\r\nb\r\n', { type: 'error', value: 'ERR a\r\nb' }],
    [
      '*2\r\n*-1\r\n*0\r\n',
      { type: 'array', value: [{ type: 'null-array' }, { type: 'array', value: [] }] },
    ],
    ['|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n', bulk('a')],
    [
      '*2\r\n|1\r\n+ttl\r\n*1\r\n:5\r\n$1\r\na\r\n|0\r\n:1\r\n',
      { type: 'array', value: [bulk('a'), one] },
    ],
    [',inf\r\n', { type: 'double', value: Infinity }],
    [',1e5\r\n', { type: 'double', value: 100_000 }],
    ['%0\r\n', { type: 'map', value: [] }],
  ])('%j', (text, expected) => {
    expect(decode([bytesOf(ascii(text))])).toEqual({ replies: [expected], error: null });
  });

  test.each([
    ['x', 'Protocol error, got "x" as reply type byte'],
    ['\n', 'Protocol error, got "\\n" as reply type byte'],
    ['\x01', 'Protocol error, got "\\x01" as reply type byte'],
    [':1a\r\n', 'Bad integer value'],
    [':\r\n', 'Bad integer value'],
    ['$a\r\n', 'Bad bulk string length'],
    ['$-2\r\n', 'Bulk string length out of range'],
    ['$536870913\r\n', 'Bulk string length out of range'],
    ['*a\r\n', 'Bad multi-bulk length'],
    ['*-2\r\n', 'Multi-bulk length out of range'],
    ['*4294967296\r\n', 'Multi-bulk length out of range'],
    [',x\r\n', 'Bad double value'],
    ['#x\r\n', 'Bad bool value'],
    ['_x\r\n', 'Bad nil value'],
    ['(1.5\r\n', 'Bad bignum value'],
    [
      '=3\r\nabc\r\n',
      'Verbatim string 4 bytes of content type are missing or incorrectly encoded.',
    ],
  ])('%j is refused: %s', (text, error) => {
    expect(decode([bytesOf(ascii(text))])).toEqual({ replies: [], error });
  });

  test('depth is limited, and a great announced length costs nothing', () => {
    const nested = (depth: number): string => `${'*1\r\n'.repeat(depth)}:1\r\n`;
    expect(decode([bytesOf(ascii(nested(MAX_REPLY_DEPTH)))]).replies.length).toBe(1);
    expect(decode([bytesOf(ascii(nested(MAX_REPLY_DEPTH + 1)))]).error).toContain('nested');
    const state = newReplyDecoder();
    feedReplyBytes(state, bytesOf(ascii('*4294967295\r\n$536870912\r\nab')));
    expect(nextReply(state).kind).toBe('need-more');
    expect(state.buffer.bytes.length).toBeLessThan(1_000);
  });

  const scalar = fc.oneof(
    fc
      .string({ unit: 'binary-ascii', maxLength: 8 })
      .map((text): Reply => ({ type: 'status', value: text.replace(/[\r\n]/g, '.') })),
    fc
      .uint8Array({ maxLength: 12 })
      .map((bytes): Reply => ({ type: 'bulk', value: byteStringOf(bytes) })),
    fc
      .maxSafeInteger()
      .map((value): Reply => ({ type: 'integer', value: value === 0 ? 0 : value })),
    fc.double({ noNaN: true }).map((value): Reply => ({ type: 'double', value })),
    fc.boolean().map((value): Reply => ({ type: 'boolean', value })),
    fc.constant<Reply>({ type: 'null' }),
    fc
      .uint8Array({ maxLength: 12 })
      .map((bytes): Reply => ({ type: 'verbatim', format: 'mkd', value: byteStringOf(bytes) })),
  );
  const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
    reply: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      scalar,
      fc
        .tuple(fc.constantFrom('array', 'set', 'push'), fc.array(tie('reply'), { maxLength: 4 }))
        .map(([type, value]): Reply => ({ type, value })),
      fc
        .array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 3 })
        .map((value): Reply => ({ type: 'map', value })),
    ),
  }));

  test('what is encoded in RESP3 comes back, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 4 }), places, (replies, at) => {
        const sink = newGrowableBytes();
        for (const each of replies) encodeReply(each, 3, sink);
        expect(decode(cut(takenBytes(sink), at))).toEqual({ replies, error: null });
      }),
      { numRuns: 500 },
    );
  });

  test('whatever arrives, however it is cut, nothing throws and the outcome is the same', () => {
    const snippets = [
      '*2\r\n',
      '%1\r\n',
      '|1\r\n',
      '~0\r\n',
      '$3\r\nabc\r\n',
      '$-1\r\n',
      '*-1\r\n',
      ':1\r\n',
      '+a\r\n',
      '_\r\n',
      ',1.5\r\n',
      '#t\r\n',
      '=5\r\ntxt:a\r\n',
      '!1\r\na\r\n',
      '\r',
      '\n',
      '$',
      '*',
      '>1\r\n',
    ];
    const part = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...snippets) },
      {
        weight: 1,
        arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes): string => byteStringOf(bytes)),
      },
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 16 }), places, (parts, at) => {
        const bytes = bytesOf(ascii(parts.join('')));
        const whole = decode([bytes]);
        expect(decode(cut(bytes, at))).toEqual(whole);
        expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { numRuns: 1_500 },
    );
  });
});

describeWithRedis('replies and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis('--enable-debug-command', 'yes');
  });
  afterAll(() => redis.stop());

  const kinds = [
    'string',
    'integer',
    'double',
    'null',
    'array',
    'set',
    'map',
    'verbatim',
    'true',
    'false',
    'bignum',
  ];

  test.each<Protocol>([2, 3])(
    'every type of RESP%i that it can send is read, and written again as it was',
    async (protocol) => {
      for (const kind of kinds) {
        const hello = protocol === 3 ? 'HELLO 3\r\n' : '';
        const sent = `${hello}ECHO start\r\nDEBUG PROTOCOL ${kind}\r\nECHO finish\r\n`;
        const answer = await redis.exchange(bytesOf(ascii(sent)), '$6\r\nfinish\r\n');
        const from = answer.indexOf('$5\r\nstart\r\n') + '$5\r\nstart\r\n'.length;
        const wire = answer.slice(from, answer.lastIndexOf('$6\r\nfinish\r\n'));
        const { replies, error } = decode([bytesOf(ascii(wire))]);
        expect({ kind, error, count: replies.length }).toEqual({ kind, error: null, count: 1 });
        expect(encode(replies[0]!, protocol)).toBe(wire);
        expect(replies[0]!.type).toBe(protocol === 3 ? typeInResp3(kind) : typeInResp2(kind));
      }
    },
  );

  test('INFO and COMMAND of the real server are read and written again, byte for byte', async () => {
    for (const [command, protocol] of [
      ['COMMAND\r\n', 2],
      ['COMMAND DOCS\r\n', 2],
      ['HELLO 3\r\nCOMMAND DOCS\r\n', 3],
      ['HELLO 3\r\nCOMMAND INFO GET SET XADD\r\n', 3],
    ] as const) {
      const answer = await redis.exchange(
        bytesOf(ascii(`${command}ECHO finish\r\n`)),
        '$6\r\nfinish\r\n',
      );
      const { replies, error } = decode([bytesOf(ascii(answer))]);
      expect(error).toBeNull();
      expect(replies.map((reply) => encode(reply, protocol)).join('') === answer).toBe(true);
    }
  });

  test('a push, which only RESP3 has', async () => {
    const sent = 'HELLO 3\r\nECHO start\r\nDEBUG PROTOCOL push\r\nECHO finish\r\n';
    const answer = await redis.exchange(bytesOf(ascii(sent)), '$6\r\nfinish\r\n');
    const { replies, error } = decode([bytesOf(ascii(answer))]);
    expect(error).toBeNull();
    expect(replies.map((reply) => reply.type)).toContain('push');
    expect(replies.map((reply) => encode(reply, 3)).join('')).toBe(answer);
  });

  test('an error and a status', async () => {
    const replies = await redis.send([
      words('PING'),
      words('NOSUCH'),
      words('GET', 'missing'),
      words('BLPOP', 'none', '0.01'),
    ]);
    expect(replies[0]).toEqual({ type: 'status', value: 'PONG' });
    expect(replies[1]?.type).toBe('error');
    expect(replies[2]).toEqual({ type: 'null' });
    expect(replies[3]).toEqual({ type: 'null-array' });
  });
});

function typeInResp3(kind: string): string {
  const types: Readonly<Record<string, string>> = {
    string: 'bulk',
    true: 'boolean',
    false: 'boolean',
    bignum: 'bignumber',
  };
  return types[kind] ?? kind;
}

function typeInResp2(kind: string): string {
  const types: Readonly<Record<string, string>> = {
    string: 'bulk',
    double: 'bulk',
    set: 'array',
    map: 'array',
    verbatim: 'bulk',
    true: 'integer',
    false: 'integer',
    bignum: 'bulk',
  };
  return types[kind] ?? kind;
}
