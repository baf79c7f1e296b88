import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { conversationSuite } from '../support/conversations.ts';
import { newEngineFixture, type EngineFixture } from '../support/engine-fixture.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const entries = (count: number): string =>
  range(count)
    .map((n) => `XADD s ${n}-1 f v`)
    .join('\n');

conversationSuite('what streams write to the log', {
  XADD: `
    XADD s 1-1 f v
    xadd s 1-* f v
    XADD s * f v
    XADD s MAXLEN 2 * f v
    XADD s MAXLEN ~ 2 33177117420000-0 f v
    XADD s MAXLEN ~ 2 LIMIT 10 33177117420000-* f v
    XADD s MINID ~ 5 33177117420001 f v
    XADD s MINID = 5 33177117420002-1 f v
    XADD s NOMKSTREAM maxlen = 5 33177117420003-1 f v
    XADD missing NOMKSTREAM 1-1 f v
    XADD s 1-1 f v
    XLEN s
  `,
  'XTRIM, XDEL and XSETID': `
    CONFIG SET stream-node-max-entries 3
    ${entries(10)}
    XTRIM s MAXLEN ~ 9
    XTRIM s MAXLEN ~ 7
    XTRIM s MAXLEN ~ 1 LIMIT 2
    XTRIM s MINID ~ 8
    XTRIM s MINID ~ 8
    XDEL s 9-1 1-1
    XDEL s 9-1
    XTRIM s MAXLEN 1
    XTRIM s MINID ~ 99999
    XSETID s 50 ENTRIESADDED 100 MAXDELETEDID 5-5
    CONFIG SET stream-node-max-entries 100
  `,
  groups: `
    ${entries(8)}
    XGROUP CREATE s g 0
    XGROUP CREATE s h $ ENTRIESREAD 8
    XGROUP CREATE made g $ MKSTREAM
    XGROUP SETID s h 3 ENTRIESREAD 3
    XGROUP CREATECONSUMER s g a
    XGROUP CREATECONSUMER s g a
    XREADGROUP GROUP g a COUNT 2 STREAMS s >
    XREADGROUP GROUP g new COUNT 1 STREAMS s >
    XREADGROUP GROUP g nothing STREAMS made >
    XREADGROUP GROUP h idle STREAMS made made > >
    XREADGROUP GROUP g a STREAMS s 0
    XREADGROUP GROUP g n NOACK COUNT 1 STREAMS s >
    XREADGROUP GROUP g n NOACK COUNT 1 STREAMS s >
    XREADGROUP GROUP h b COUNT 2 STREAMS s >
    XACK s g 1-1 9-9
    XACK s g 1-1
    XCLAIM s g c 0 2-1
    XCLAIM s g c 0 2-1 3-1 JUSTID
    XCLAIM s g c 100000 2-1
    XCLAIM s g c 0 8-1 FORCE RETRYCOUNT 5 TIME 1000
    XCLAIM s g c 100000 2-1 LASTID 20-0
    XCLAIM s g nobody 0 99-1
    XDEL s 2-1
    XCLAIM s g d 0 2-1
    XAUTOCLAIM s g e 0 0 COUNT 1
    XAUTOCLAIM s g e 0 0
    XAUTOCLAIM s g e 100000 0
    XDEL s 3-1 8-1
    XAUTOCLAIM s g f 0 0 JUSTID
    XGROUP DELCONSUMER s g c
    XGROUP DELCONSUMER s g c
    XGROUP DESTROY s h
    XGROUP DESTROY s h
    MULTI
    XREADGROUP GROUP g z COUNT 2 STREAMS s >
    XADD s 100-1 f v
    XACK s g 100
    EXEC
  `,
});

conversationSuite('clients that wait for streams', {
  XREAD: `
    1> XREAD BLOCK 0 STREAMS s 0
    2> XREAD BLOCK 0 STREAMS s t $ $
    3> XREAD BLOCK 0 COUNT 1 STREAMS s $
    4> XADD s 1-1 f v
    4> XADD s 2-1 f v
    2> XREAD BLOCK 0 STREAMS s t $ $
    4> XADD t 1-1 g w
    1> XREAD BLOCK 0 STREAMS s 2-1
    4> MULTI
    4> XADD s 3-1 f v
    4> XADD s 4-1 f v
    4> EXEC
    1> XREAD BLOCK 0 STREAMS s 100
    4> XADD s 5-1 f v
    4> XADD s 101-1 f v
  `,
  'XREAD does not care that a key goes or becomes another type': `
    2> XADD s 1-1 f v
    1> XREAD BLOCK 0 STREAMS s $
    2> DEL s
    2> SET s 1
    2> DEL s
    2> XADD s 2-1 f v
  `,
  'XREADGROUP, first come first served': `
    4> XGROUP CREATE s g $ MKSTREAM
    1> XREADGROUP GROUP g a BLOCK 0 COUNT 1 STREAMS s >
    2> XREADGROUP GROUP g b BLOCK 0 STREAMS s >
    4> XADD s 1-1 f v
    4> XADD s 2-1 f v
    4> XADD s 3-1 f v
    4> XPENDING s g
    4> XINFO GROUPS s
  `,
  'XREADGROUP of several streams': `
    4> XGROUP CREATE s g $ MKSTREAM
    4> XGROUP CREATE t g $ MKSTREAM
    1> XREADGROUP GROUP g a BLOCK 0 STREAMS s t > >
    2> XREADGROUP GROUP g b BLOCK 0 STREAMS s t > 0
    4> XADD t 1-1 f v
    4> XADD s 1-1 f v
    4> XADD t 2-1 f v
    4> XPENDING t g
  `,
  'the time is up': `
    1> XREAD BLOCK 50 STREAMS s $
    4> XGROUP CREATE s g $ MKSTREAM
    2> XREADGROUP GROUP g a BLOCK 50 STREAMS s >
    @sleep 400
    4> XADD s 1-1 f v
  `,
  'XREAD inside MULTI does not wait': `
    1> MULTI
    1> XREAD BLOCK 0 STREAMS s $
    1> EXEC
  `,
  events: `
    2> CONFIG SET notify-keyspace-events KEAnm
    1> PSUBSCRIBE __key*
    2> XADD s 1-1 f v
    2> XADD s MAXLEN 1 2-1 f v
    2> XADD s MAXLEN 1 NOMKSTREAM 3-1 f v
    2> XTRIM s MAXLEN 0
    2> XADD s 4-1 f v
    2> XDEL s 4-1
    2> XSETID s 9
    2> XGROUP CREATE s g 0
    2> XGROUP CREATE t g 0 MKSTREAM
    2> XGROUP SETID s g 0
    2> XGROUP CREATECONSUMER s g a
    2> XADD s 10-1 f v
    2> XREADGROUP GROUP g b STREAMS s >
    2> XCLAIM s g c 0 10-1
    2> XAUTOCLAIM s g d 0 0
    2> XACK s g 10-1
    2> XGROUP DELCONSUMER s g a
    2> XGROUP DESTROY s g
    2> XREAD STREAMS missing 0
  `,
  'who watches a stream': `
    XADD s 1-1 f v
    XGROUP CREATE s g 0
    2> WATCH s
    XREADGROUP GROUP g c STREAMS s >
    XACK s g 1-1
    2> MULTI
    2> PING
    2> EXEC
    2> WATCH s
    XADD s 2-1 f v
    2> MULTI
    2> PING
    2> EXEC
    2> WATCH s
    XTRIM s MAXLEN 5
    XDEL s 9
    XSETID s 9
    XGROUP DESTROY s g
    2> MULTI
    2> PING
    2> EXEC
  `,
});

function logged({ units }: EngineFixture): string[][] {
  return units.splice(0).map(({ commands }) => commands.map(({ argv }) => argv.join(' ')));
}

test('a consumer that waits without acknowledging is made and logged when it begins to wait, as in 7.2', () => {
  const fixture = newEngineFixture();
  fixture.line('XGROUP CREATE s g $ MKSTREAM');
  fixture.run(
    ['XREADGROUP', 'GROUP', 'g', 'c', 'NOACK', 'BLOCK', '0', 'STREAMS', 's', '>'].map((word) =>
      ascii(word),
    ),
    2,
  );
  expect(logged(fixture)).toEqual([
    ['XGROUP CREATE s g $ MKSTREAM'],
    ['XGROUP CREATECONSUMER s g c'],
  ]);
  fixture.line('XADD s 1-1 f v');
  expect(logged(fixture)).toEqual([['XADD s 1-1 f v'], ['XGROUP SETID s g 1-1 ENTRIESREAD 1']]);
  expect(fixture.others).toHaveLength(1);
});

test('who waits to read as a group is told when there is no such group any more, as in 7.2', () => {
  for (const [change, code] of [
    ['DEL s', 'NOGROUP'],
    ['XGROUP DESTROY s g', 'NOGROUP'],
    ['SET s 1', 'WRONGTYPE'],
    ['FLUSHALL', 'NOGROUP'],
    ['SWAPDB 0 1', 'NOGROUP'],
    ['RENAME s t', 'NOGROUP'],
    ['MOVE s 1', 'NOGROUP'],
    ['PEXPIREAT s 1', 'NOGROUP'],
  ] as const) {
    const fixture = newEngineFixture();
    fixture.line('XGROUP CREATE s g $ MKSTREAM');
    fixture.run(
      ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>'].map((word) =>
        ascii(word),
      ),
      2,
    );
    fixture.line(change);
    expect(
      fixture.others.map(({ reply }) =>
        reply.type === 'error' ? reply.value.split(' ')[0] : reply.type,
      ),
    ).toEqual([code]);
    expect(fixture.engine.state.rows.size).toBe(0);
  }
});

test('who waits to read as a group is told when the key expires, at the end of the turn', () => {
  const fixture = newEngineFixture();
  fixture.line('XGROUP CREATE s g $ MKSTREAM');
  fixture.line('PEXPIRE s 10');
  fixture.run(
    ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>'].map((word) => ascii(word)),
    2,
  );
  fixture.engine.activeExpire(fixture.now + 20_000, 10);
  expect(fixture.engine.wake(fixture.now + 20_000).replies).toMatchObject([
    { client: 2, reply: { type: 'error' } },
  ]);
});

test('who waits with XREAD goes on waiting if what was added is deleted in the same transaction: 7.0 told of nothing', () => {
  const fixture = newEngineFixture();
  fixture.run(
    ['XREAD', 'BLOCK', '0', 'STREAMS', 's', '$'].map((word) => ascii(word)),
    2,
  );
  for (const line of ['MULTI', 'XADD s 1-1 f v', 'XDEL s 1-1', 'EXEC']) fixture.line(line);
  expect(fixture.others).toEqual([]);
  fixture.line('XADD s 2-1 f v');
  expect(fixture.others).toHaveLength(1);
});

test('times: idle, seen and active', () => {
  const fixture = newEngineFixture();
  for (const line of ['XADD s 1-1 f v', 'XADD s 2-1 f v', 'XGROUP CREATE s g 0'])
    fixture.line(line);
  const start = fixture.now / 1000;
  fixture.line('XREADGROUP GROUP g a COUNT 1 STREAMS s >');
  fixture.now += 5000_000;
  fixture.line('XREADGROUP GROUP g a STREAMS s 99');
  fixture.line('XREADGROUP GROUP g idle STREAMS s 0');
  fixture.now += 1000_000;
  const told = (line: string): string =>
    JSON.stringify(fixture.line(line)).replace(
      /\{"type":"(?:bulk|integer)","value":("?[^"}]*"?)\}/g,
      '$1',
    );
  expect(told('XPENDING s g - + 10')).toContain('"a",6000,1');
  expect(told('XPENDING s g IDLE 6000 - + 10')).toContain('"1-1"');
  expect(told('XPENDING s g IDLE 6001 - + 10')).not.toContain('"1-1"');
  expect(told('XINFO CONSUMERS s g')).toContain(
    '["name","a"],["pending",1],["idle",1000],["inactive",6000]',
  );
  expect(told('XINFO CONSUMERS s g')).toContain(
    '["name","idle"],["pending",0],["idle",1000],["inactive",-1]',
  );
  expect(told('XINFO STREAM s FULL')).toContain(
    `["seen-time",${start + 5000}],["active-time",${start}]`,
  );
});
