import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import { serializedLength } from '../../../src/engine/serialize/save-value.ts';
import { newEngineFixture } from '../../support/engine-fixture.ts';
import { configure, testConfig, newTestPort } from '../../support/engine-port.ts';
import { describeWithRedis, replyText, startRedis, words } from '../../support/real-redis.ts';
import type { Value } from '../../../src/engine/data/value.ts';
import { entryOf } from '../../../src/engine/data/key-space.ts';

interface Golden {
  readonly name: string;
  readonly config: Record<string, string>;
  readonly commands: string[][];
  readonly dump_hex: string | null;
}
const golden = JSON.parse(readFileSync('tests/golden/rdb.json', 'utf8')) as Golden[];

/** A DUMP payload is a type byte, the value, two bytes of version and eight of checksum. */
const DUMP_FRAME = 11;

function valueOf(
  commands: readonly (readonly string[])[],
  config: Record<string, string> = {},
): Value {
  const settings = testConfig();
  for (const [name, value] of Object.entries(config)) configure(settings, name, value);
  const fixture = newEngineFixture(newTestPort(settings));
  for (const argv of commands) fixture.run(argv.map((word) => ascii(word)));
  return entryOf(fixture.engine.state.databases[0]!.space, 'k' as ByteString)!.value;
}

const dumped = golden.filter(
  ({ dump_hex, commands, config }) =>
    dump_hex !== null &&
    commands[0]![0] !== 'XADD' &&
    config['list-max-listpack-size'] === undefined,
);

test.each(dumped)(
  '$name is as long as the real 7.2.4 dumps it',
  ({ commands, config, dump_hex }) => {
    const compression = config['rdbcompression'] === 'no' ? 'plain' : 'compressed';
    expect(
      serializedLength(valueOf(commands, config), { compression, listMaxListpackSize: -2 }),
    ).toBe(dump_hex!.length / 2 - DUMP_FRAME);
  },
);

test('the golden dumps cover all types', () => {
  expect(dumped.length).toBeGreaterThan(18);
});

describeWithRedis('serializedlength beside the real server', () => {
  test('of strings, hashes, sorted sets and sets of integers of many sizes', async () => {
    const real = await startRedis('--enable-debug-command', 'yes');
    try {
      const texts = [
        '',
        'a',
        '-0',
        '127',
        '128',
        '-129',
        '32768',
        '2147483648',
        '9223372036854775807',
        '92233720368547758070',
      ];
      for (const length of [11, 12, 20, 21, 63, 64, 100, 4095, 4096, 16383, 16384, 70000]) {
        texts.push('a'.repeat(length), 'abcdefghij'.repeat(length).slice(0, length), noise(length));
      }
      const programs: string[][][] = texts.map((text) => [['SET', 'k', text]]);
      for (const text of texts.filter(({ length }) => length < 5000)) {
        programs.push(
          [['HSET', 'k', 'f', text, text, '1']],
          [['ZADD', 'k', '1', text, '2.5', 'b', '-inf', 'c', '3.25', 'd']],
        );
      }
      programs.push(
        [['SADD', 'k', '1', '2', '70000']],
        [['SADD', 'k', '5', '9223372036854775807', '-3']],
      );
      programs.push([['RPUSH', 'k', ...texts.filter(({ length }) => length < 100)]]);
      for (const count of [3, 127, 130, 600]) {
        const numbers = Array.from({ length: count }, (_, i) => i * 37);
        programs.push([['SADD', 'k', ...numbers.map(String)]]);
        programs.push([['HSET', 'k', ...numbers.flatMap((n) => [`f${n}`, String(n * n)])]]);
        programs.push([['ZADD', 'k', ...numbers.flatMap((n) => [String(n / 8), `m${n}`])]]);
      }
      for (const commands of programs) {
        const replies = await real.send([
          words('DEL', 'k'),
          ...commands.map((argv) => words(...argv)),
          words('DEBUG', 'OBJECT', 'k'),
        ]);
        const theirs = Number(/serializedlength:(\d+)/.exec(replyText(replies.at(-1)))![1]);
        expect(
          serializedLength(valueOf(commands), {
            compression: 'compressed',
            listMaxListpackSize: -2,
          }),
          JSON.stringify(commands).slice(0, 100),
        ).toBe(theirs);
      }
    } finally {
      await real.stop();
    }
  });
});

/** Text without a pattern, the same in each run. */
function noise(length: number): string {
  let text = '';
  let state = 12345;
  while (text.length < length) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += String.fromCharCode(33 + ((state >>> 16) % 90));
  }
  return text;
}
