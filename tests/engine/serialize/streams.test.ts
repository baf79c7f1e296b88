import { afterAll, beforeAll, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import { newGrowableBytes } from '../../../src/base/growable-bytes.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import type { StreamValue } from '../../../src/engine/data/stream.ts';
import { encodeStream } from '../../../src/persistence/resp-stream.ts';
import {
  newRequestDecoder,
  feedRequestBytes,
  nextRequest,
} from '../../../src/resp/request-decoder.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import { newEngineFixture, splitLine, type EngineFixture } from '../../support/engine-fixture.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../../support/real-redis.ts';
import { entryOf } from '../../../src/engine/data/key-space.ts';

/** Commands that make a stream `s` with groups, deletions and all kinds of ids and fields. */
function randomStream(seed: number): string[] {
  const random = seedRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[nextBelow(random, items.length)]!;
  const lines: string[] = ['XGROUP CREATE s g 0 MKSTREAM', 'XGROUP CREATE s empty $'];
  let ms = 1;
  for (let i = 0; i < 150; i++) {
    ms += pick([0, 1, 1, 2, 300, 70_000, 5_000_000_000]);
    const fields = pick([
      'f v',
      'f v',
      'f 12 g -7',
      'g 1 f 2',
      `long ${'x'.repeat(200)}`,
      'n 9223372036854775807',
      '"" ""',
      'a 1 a 2',
    ]);
    lines.push(`XADD s ${ms}-* ${fields}`);
    if (nextBelow(random, 6) === 0) lines.push(`XDEL s ${ms}-0`);
    if (nextBelow(random, 10) === 0)
      lines.push(
        `XREADGROUP GROUP g ${pick(['a', 'b', 'c'])} COUNT ${1 + nextBelow(random, 5)} STREAMS s >`,
      );
    if (nextBelow(random, 25) === 0) lines.push(`XTRIM s MAXLEN ${80 + nextBelow(random, 40)}`);
    if (nextBelow(random, 25) === 0) lines.push(`XREADGROUP GROUP g n NOACK COUNT 2 STREAMS s >`);
  }
  return [
    ...lines,
    'XADD s 18446744073709551615-18446744073709551614 last one',
    'XACK s g 1-0 2-0',
    'XGROUP CREATECONSUMER s empty nobody',
  ];
}

function fixtureOf(lines: readonly string[]): EngineFixture {
  const fixture = newEngineFixture();
  for (const line of lines) fixture.line(line);
  return fixture;
}

function streamOf(fixture: EngineFixture, key = 's'): StreamValue {
  return entryOf(fixture.engine.state.databases[0]!.space, ascii(key))!.value as StreamValue;
}

function dumpOf(fixture: EngineFixture): ByteString {
  const reply = fixture.line('DUMP s');
  if (reply.type !== 'bulk') throw new Error('no dump');
  return reply.value;
}

/** What XINFO FULL tells, without the times and without what 7.0 does not know. */
function told(reply: Reply | undefined): string {
  const plain = (item: Reply): unknown => {
    if (item.type === 'array') return item.value.map(plain);
    if (item.type === 'map') return item.value.flatMap((pair) => pair.map(plain));
    return item.type === 'integer' || item.type === 'bulk' ? String(item.value) : null;
  };
  return JSON.stringify(plain(reply!))
    .replace(/"(seen-time|active-time)","-?\d+",/g, '')
    .replace(/"1[67]\d{11}"/g, '"MS"');
}

const seeds = [1, 2, 3, 4];

test.each(seeds)(
  'a stream is the same after DUMP and RESTORE, with its nodes and what is deleted in them (seed %i)',
  (seed) => {
    const fixture = fixtureOf(randomStream(seed));
    fixture.run([ascii('RESTORE'), ascii('t'), ascii('0'), dumpOf(fixture)]);
    const { nodes } = streamOf(fixture);
    expect(streamOf(fixture, 't').nodes).toEqual(nodes);
    expect(fixture.line('XINFO STREAM t FULL COUNT 0')).toEqual(
      fixture.line('XINFO STREAM s FULL COUNT 0'),
    );
    expect(nodes.length).toBeGreaterThan(1);
  },
);

test('an empty stream is rebuilt from commands as well', () => {
  const fixture = fixtureOf(['XADD s 5-1 f v', 'XDEL s 5-1', 'XGROUP CREATE s g 0']);
  const sink = newGrowableBytes();
  encodeStream(ascii('s'), streamOf(fixture), sink);
  const again = newEngineFixture();
  for (const argv of decoded(sink.bytes.subarray(0, sink.length))) again.run(argv);
  expect(again.line('XINFO STREAM s FULL')).toEqual(fixture.line('XINFO STREAM s FULL'));
});

test('a dump of a stream that is cut or changed anywhere is refused or gives a stream, and never throws', () => {
  const dump = dumpOf(fixtureOf(randomStream(5).slice(0, 40)));
  const random = seedRandom(6);
  for (let i = 0; i < 500; i++) {
    const at = nextBelow(random, dump.length - 10);
    const changed =
      dump.slice(0, at) + String.fromCharCode(nextBelow(random, 256)) + dump.slice(at + 1);
    const fixture = newEngineFixture();
    const reply = fixture.run([ascii('RESTORE'), ascii('t'), ascii('0'), ascii(changed)])[0];
    expect(reply?.type).toMatch(/error|status/);
  }
});

describeWithRedis('streams and the real server', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis('--enable-debug-command', 'yes');
  });
  afterAll(() => real.stop());

  test.each(seeds)(
    'it rebuilds a stream from the commands of a base file (seed %i)',
    async (seed) => {
      // What is pending of entries that are gone is lost by a base file, in the real server as well.
      const fixture = fixtureOf(randomStream(seed).filter((line) => !/XDEL|XTRIM/.test(line)));
      const sink = newGrowableBytes();
      encodeStream(ascii('s'), streamOf(fixture), sink);
      const commands = decoded(sink.bytes.subarray(0, sink.length));
      const replies = await real.send([
        splitLine('FLUSHALL'),
        ...commands,
        splitLine('XINFO STREAM s FULL COUNT 0'),
        splitLine('DEBUG DIGEST'),
      ]);
      expect(replies.filter(({ type }) => type === 'error')).toEqual([]);
      expect(replies.at(-1)).toEqual(fixture.line('DEBUG DIGEST'));
      const again = newEngineFixture();
      for (const argv of commands) again.run(argv);
      for (const theirs of [
        told(replies.at(-2)),
        told(again.line('XINFO STREAM s FULL COUNT 0')),
      ]) {
        const nodes = /"radix-tree-keys","\d+","radix-tree-nodes","\d+",/;
        expect(theirs.replace(nodes, '')).toBe(
          told(fixture.line('XINFO STREAM s FULL COUNT 0')).replace(nodes, ''),
        );
      }
    },
  );

  test.each(seeds)('what it dumps is read here (seed %i)', async (seed) => {
    const lines = randomStream(seed);
    const replies = await real.send([
      ...[splitLine('FLUSHALL'), ...lines.map(splitLine)],
      ...[splitLine('XINFO STREAM s FULL COUNT 0'), splitLine('DEBUG DIGEST'), splitLine('DUMP s')],
    ]);
    const dump = replies.at(-1);
    const fixture = newEngineFixture();
    fixture.run([
      ascii('RESTORE'),
      ascii('s'),
      ascii('0'),
      dump?.type === 'bulk' ? dump.value : ascii(''),
    ]);
    expect(fixture.line('DEBUG DIGEST')).toEqual(replies.at(-2));
    expect(told(fixture.line('XINFO STREAM s FULL COUNT 0'))).toBe(told(replies.at(-3)));
    // The same stream, made here.
    expect(streamOf(fixture).nodes).toEqual(streamOf(fixtureOf(lines)).nodes);
  });
});

function decoded(bytes: Uint8Array): ByteString[][] {
  const decoder = newRequestDecoder();
  feedRequestBytes(decoder, bytes);
  const commands: ByteString[][] = [];
  for (let next = nextRequest(decoder); next.kind === 'request'; next = nextRequest(decoder))
    commands.push([...next.argv]);
  return commands;
}
