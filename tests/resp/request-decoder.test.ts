import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteString, ascii, byteStringOf, bytesOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import {
  DEFAULT_REQUEST_LIMITS,
  type RequestLimits,
  bufferedRequestBytes,
  feedRequestBytes,
  newRequestDecoder,
  nextRequest,
} from '../../src/resp/request-decoder.ts';
import { type RealRedis, describeWithRedis, startRedis } from '../support/real-redis.ts';
import { cut, places } from './chunks.ts';

interface Decoded {
  readonly requests: ByteString[][];
  readonly error: string | null;
}

function decode(
  pieces: readonly Uint8Array[],
  limits: RequestLimits = DEFAULT_REQUEST_LIMITS,
): Decoded {
  const state = newRequestDecoder();
  const requests: ByteString[][] = [];
  let error: string | null = null;
  for (const piece of pieces) {
    feedRequestBytes(state, piece);
    for (
      let next = nextRequest(state, limits);
      next.kind !== 'need-more';
      next = nextRequest(state, limits)
    ) {
      if (next.kind === 'error') {
        error = next.message;
        break;
      }
      requests.push(next.argv);
    }
  }
  return { requests, error };
}

const decodeText = (text: string, limits?: RequestLimits): Decoded =>
  decode([bytesOf(ascii(text))], limits);

describe('requests', () => {
  test.each<[string, string[][]]>([
    ['*1\r\n$4\r\nPING\r\n', [['PING']]],
    ['*2\r\n$3\r\nGET\r\n$0\r\n\r\n', [['GET', '']]],
    ['*2\r\n$3\r\nGET\r\n$4\r\n\r\n\0\xff\r\nPING\r\n', [['GET', '\r\n\0\xff'], ['PING']]],
    ['PING\r\n', [['PING']]],
    ['PING\n', [['PING']]],
    [
      '  set a "b\\x00c"  \r\nGET a\n',
      [
        ['set', 'a', 'b\0c'],
        ['GET', 'a'],
      ],
    ],
    ['\r\n\r\n*0\r\n*-1\r\n*-5\r\n   \r\nPING\r\n', [['PING']]],
    // Redis does not look at the byte after a CR, nor at the two after an argument.
    ['*1\rX$4\rYPINGxy*1\r\n$4\r\nPING\r\n', [['PING'], ['PING']]],
    ['*3\r\n$3\r\nSET\r\n', []],
    ['PING', []],
    ['PI\0NG\r\n', []],
  ])('%j are %j', (text, requests) => {
    expect(decodeText(text)).toEqual({ requests, error: null });
  });

  test.each<[string, string]>([
    ['*a\r\n', 'invalid multibulk length'],
    ['*2147483648\r\n', 'invalid multibulk length'],
    ['*99999999999999999999\r\n', 'invalid multibulk length'],
    ['* 1\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*1\r\n\r\n', "expected '$', got ' '"],
    ['*1\r\n\n\r\n', "expected '$', got ' '"],
    ['*1\r\n$a\r\n', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$9223372036854775807\r\n', 'invalid bulk length'],
    ['SET "a\r\n', 'unbalanced quotes in request'],
    [`*${'1'.repeat(65_536)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(65_536)}`, 'too big bulk count string'],
    ['x'.repeat(65_537), 'too big inline request'],
  ])('%.30j is refused: %s', (text, error) => {
    expect(decodeText(text)).toEqual({ requests: [], error: `Protocol error: ${error}` });
  });

  test('a line of 64 KB is still taken, and one more byte without an end is not', () => {
    const line = `ECHO ${'x'.repeat(65_536 - 5)}`;
    expect(decodeText(`${line}\n`).requests[0]?.[1]?.length).toBe(65_531);
    expect(decodeText(line)).toEqual({ requests: [], error: null });
    expect(decodeText(`${line}x\n`).error).toBe('Protocol error: too big inline request');
  });

  test('the largest array that may be announced costs nothing until its arguments come', () => {
    const state = newRequestDecoder();
    feedRequestBytes(state, bytesOf(ascii('*2147483647\r\n$536870912\r\nabc')));
    expect(nextRequest(state).kind).toBe('need-more');
    expect(state.buffer.bytes.length).toBeLessThan(1_000);
    expect(bufferedRequestBytes(state)).toBe(3);
  });

  test('a client that has to authenticate may send ten arguments of 16 KB', () => {
    const limits: RequestLimits = { maxBulkLength: 512 * 1024 * 1024, authentication: 'missing' };
    expect(decodeText('*11\r\n', limits).error).toBe(
      'Protocol error: unauthenticated multibulk length',
    );
    expect(decodeText('*10\r\n', limits).error).toBeNull();
    expect(decodeText('*1\r\n$16385\r\n', limits).error).toBe(
      'Protocol error: unauthenticated bulk length',
    );
    expect(decodeText('*1\r\n$16384\r\n', limits).error).toBeNull();
  });

  test('proto-max-bulk-len bounds an argument', () => {
    const limits: RequestLimits = { maxBulkLength: 1024 * 1024, authentication: 'passed' };
    expect(decodeText('*1\r\n$1048577\r\n', limits).error).toBe(
      'Protocol error: invalid bulk length',
    );
    expect(decodeText('*1\r\n$1048576\r\n', limits).error).toBeNull();
  });

  test('an error is final', () => {
    const state = newRequestDecoder();
    feedRequestBytes(state, bytesOf(ascii('PING\r\n*x\r\nPING\r\n')));
    expect(nextRequest(state)).toEqual({ kind: 'request', argv: ['PING'] });
    const error = {
      kind: 'error',
      message: 'Protocol error: invalid multibulk length',
      reason: 'invalid mbulk count',
    };
    expect(nextRequest(state)).toEqual(error);
    feedRequestBytes(state, bytesOf(ascii('PING\r\n')));
    expect(nextRequest(state)).toEqual(error);
    expect(bufferedRequestBytes(state)).toBe(0);
  });

  const argv = fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 5 });

  test('commands come back as they were encoded, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(argv, { maxLength: 6 }), places, (commands, at) => {
        const sink = newGrowableBytes();
        const expected = commands.map((command) => command.map((word) => byteStringOf(word)));
        for (const command of expected) encodeCommand(command, sink);
        expect(decode(cut(takenBytes(sink), at))).toEqual({ requests: expected, error: null });
      }),
    );
  });

  const snippets = [
    '*1\r\n',
    '*2\r\n',
    '$3\r\nabc\r\n',
    '$0\r\n\r\n',
    'PING\r\n',
    '\r\n',
    '"a b" c\n',
    '*',
    '$',
    '\r',
    '\n',
    '\0',
    'x',
    '*-1\r\n',
    '"',
    ':1\r\n',
    '\xff',
  ];

  test('whatever is sent, however it is cut, nothing throws and the outcome is the same', () => {
    const input = fc.array(
      fc.oneof(
        fc.constantFrom(...snippets),
        fc.uint8Array({ maxLength: 3 }).map((bytes) => byteStringOf(bytes) as string),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(input, places, (parts, at) => {
        const bytes = bytesOf(ascii(parts.join('')));
        const whole = decode([bytes]);
        expect(decode(cut(bytes, at))).toEqual(whole);
        expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { numRuns: 1_500 },
    );
  });

  test('a large argument that arrives byte by byte takes linear time', () => {
    const state = newRequestDecoder();
    feedRequestBytes(state, bytesOf(ascii('*2\r\n$4\r\nECHO\r\n$400000\r\n')));
    const byte = Uint8Array.of(120);
    const start = performance.now();
    let early = 0;
    for (let i = 0; i < 400_000; i++) {
      feedRequestBytes(state, byte);
      if (nextRequest(state).kind !== 'need-more') early++;
    }
    expect(early).toBe(0);
    feedRequestBytes(state, bytesOf(ascii('\r\n')));
    const request = nextRequest(state);
    expect(request.kind === 'request' && request.argv[1]?.length).toBe(400_000);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describeWithRedis('requests and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const malformed = [
    '*a\r\n',
    '*2147483648\r\n',
    '*\r\n',
    '*+1\r\n',
    '*01\r\n',
    '* 1\r\n',
    '*1 \r\n',
    '*99999999999999999999\r\n',
    '*-9223372036854775809\r\n',
    '*1\r\n:1\r\n',
    '*1\r\n\r\n',
    '*1\r\n\n\r\n',
    '*1\r\n\xff\r\n',
    '*1\r\n\x01\r\n',
    '*2\r\n$4\r\nECHO\r\nPING\r\n',
    '*1\r\n$a\r\n',
    '*1\r\n$-1\r\n',
    '*1\r\n$-0\r\n',
    '*1\r\n$+4\r\nPING\r\n',
    '*1\r\n$536870913\r\n',
    '*1\r\n$9223372036854775808\r\n',
    '"\r\n',
    "'a\r\n",
    '"a"b\r\n',
    'a"b\n',
    "'\\'\r\n",
    `*${'1'.repeat(66_000)}`,
    `*1\r\n$${'1'.repeat(66_000)}`,
    'x'.repeat(66_000),
    `"${'y'.repeat(70_000)}`,
  ];

  test.each(malformed)('%.30j is refused in the same words', async (text) => {
    const answer = await redis.exchange(bytesOf(ascii(text)));
    const { error } = decodeText(text);
    expect(answer).toBe(`-ERR ${error}\r\n`);
  });

  test('an unauthenticated client is refused in the same words', async () => {
    const guarded = await startRedis('--requirepass', 'secret');
    try {
      for (const text of ['*11\r\n', '*1\r\n$16385\r\n']) {
        const { error } = decodeText(text, {
          ...DEFAULT_REQUEST_LIMITS,
          authentication: 'missing',
        });
        expect(await guarded.exchange(bytesOf(ascii(text)))).toBe(`-ERR ${error}\r\n`);
      }
    } finally {
      await guarded.stop();
    }
  });

  test('random mixtures are the same requests, with the same error at the end', async () => {
    const random = seedRandom('mixtures');
    const parts = [
      '*2\r\n$4\r\nECHO\r\n$3\r\nabc\r\n',
      'ECHO abc\r\n',
      'ECHO "a\\x41 b"\n',
      '\r\n',
      '*0\r\n',
      '*-1\r\n',
      "ECHO 'x'\r\n",
      '*1\r\n$4\r\nPING\r\n',
      'PING\n',
      '*2\rX$4\rYECHOzz$2\r\nok\r\n',
      '*1\r\n$4\r\nECHO',
      '$5\r\n',
      'ECHO "',
      '*x\r\n',
      '*1\r\n%\r\n',
    ];
    for (let i = 0; i < 150; i++) {
      const text = Array.from(
        { length: 1 + nextBelow(random, 5) },
        () => parts[nextBelow(random, parts.length)]!,
      ).join('');
      const { requests, error } = decodeText(text);
      // Something recognisable ends the exchange where no error does.
      const complete = `${text}\r\n*2\r\n$4\r\nECHO\r\n$3\r\nend\r\n`;
      const decoded = decodeText(complete);
      const answer = await redis.exchange(bytesOf(ascii(complete)), '$3\r\nend\r\n');
      expect({ complete, answer }).toEqual({ complete, answer: expectedAnswer(decoded) });
      expect(decoded.requests.length).toBeGreaterThanOrEqual(requests.length);
      if (error !== null) expect(decoded.error).toBe(error);
    }
  });
});

/** What ECHO and PING answer, and anything else: the server itself says how it understood the bytes. */
function expectedAnswer({ requests, error }: Decoded): string {
  const answers = requests.map((argv) => {
    const name = argv[0]!.toUpperCase();
    if (name === 'ECHO' && argv.length === 2) return `$${argv[1]!.length}\r\n${argv[1]!}\r\n`;
    if (name === 'PING' && argv.length === 1) return '+PONG\r\n';
    if (name === 'ECHO') return "-ERR wrong number of arguments for 'echo' command\r\n";
    const rest = argv
      .slice(1)
      .map((word) => `'${word}' `)
      .join('');
    return `-ERR unknown command '${argv[0]!}', with args beginning with: ${rest}\r\n`.replace(
      /[\r\n](?!$|\n$)/g,
      ' ',
    );
  });
  return answers.join('') + (error === null ? '' : `-ERR ${error}\r\n`);
}
