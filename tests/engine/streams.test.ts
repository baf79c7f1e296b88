import { expect, test } from 'vitest';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { streamEntries } from './stream-entries.ts';

differentialSuite('streams answer as the real server does', {
  'XADD with ids': `
    XADD s 5-1 f v
    XADD s 5-* f v
    XADD s 5-1 f v
    XADD s 5-2 f v
    XADD s 4-9 f v
    XADD s 4-* f v
    XADD s 7 f v
    XADD s 7 f v
    XADD s 7-* f v
    XADD s 0-0 f v
    XADD s 0 f v
    XADD new 0-0 f v
    XADD new 0-* f v
    XADD new 0-* f v
    XADD late 18446744073709551615-18446744073709551614 f v
    XADD late 18446744073709551615-* f v
    XADD late 18446744073709551615-* f v
    XADD late * f v
    XADD late 18446744073709551615-18446744073709551615 f v
    XADD full 1-18446744073709551615 f v
    XADD full 1-* f v
    XADD full 2-* f v
    XADD ids 007-01 f v
    XADD ids 9007199254740993-9007199254740993 f v
    XADD ids -1 f v
    XADD ids - f v
    XADD ids + f v
    XADD ids 9007199254740993-* f v
    XADD ids 18446744073709551616 f v
    XADD ids 1-2-3 f v
    XADD ids x f v
    XADD ids 1-x f v
    XADD ids x-1 f v
    XADD ids "" f v
    XADD ids 1- f v
    XADD ids "9007199254740994 " f v
    XADD ids " 9007199254740995" f v
    XADD ids +9007199254740996-+1 f v
    XRANGE ids - +
    XLEN s
    XLEN late
    XRANGE s - +
    EXISTS new
  `,
  'XADD with fields and options': `
    XADD s 1-1 a 1 b 2
    XADD s 2-1 a 1 b 2
    XADD s 3-1 b 2 a 1
    XADD s 4-1 a ""
    XADD s 5-1 "" "\\x00\\xff"
    XADD s 6-1 a 1 a 2
    XADD s 7-1 a
    XADD s 7-1 a 1 b
    XADD s 7-1
    XADD s *
    XADD s * a
    XADD s NOMKSTREAM 8-1 a b
    XADD missing NOMKSTREAM 8-1 a b
    XADD missing nomkstream * a b
    EXISTS missing
    XADD s NOMKSTREAM NOMKSTREAM 9-1 a b
    XADD s MAXLEN
    XADD s MAXLEN 5
    XADD s MAXLEN x 10-1 a b
    XADD s MAXLEN -1 10-1 a b
    XADD s MAXLEN ~ -1 10-1 a b
    XADD s MAXLEN 1 MINID 1 10-1 a b
    XADD s MINID x 10-1 a b
    XADD s MINID - 10-1 a b
    XADD s MINID 1-* 10-1 a b
    XADD s LIMIT 5 10-1 a b
    XADD s LIMIT 0 10-1 a b
    XADD s LIMIT -1 11-1 a b
    XADD s LIMIT x 11-1 a b
    XADD s MAXLEN 5 LIMIT 5 11-1 a b
    XADD s MAXLEN = 5 LIMIT 5 11-1 a b
    XADD s MAXLEN = 5 LIMIT 0 11-1 a b
    XADD s MAXLEN ~ 5 LIMIT 0 11-1 a b
    XADD s LIMIT 10 MAXLEN ~ 5 12-1 a b
    XADD s MAXLEN = 3 13-1 a b
    XADD s MINID = 12 14-1 a b
    XADD s MINID 13-1 MINID 13 15-1 a b
    XRANGE s - +
    XADD s MAXLEN 0 16-1 a b
    XLEN s
    EXISTS s
    XADD s 16-1 a b
    XADD s 17-1 a b
    SET str 1
    XADD str * a b
    XADD str NOMKSTREAM * a b
    XADD str 0-0 a b
    XADD str * a
    XADD str MAXLEN x * a b
    XLEN str
    XLEN missing
    TYPE s
    OBJECT ENCODING s
    RPUSH list a
    XADD list 1 f v
  `,
  'XRANGE and XREVRANGE': `
    ${streamEntries(5)}
    XADD s 5-2 g w
    XADD s 6-18446744073709551615 h x
    XADD s 7-0 i y
    XRANGE s - +
    XRANGE s 2 4
    XRANGE s 2 4-0
    XRANGE s 5 5
    XRANGE s 5-2 5-2
    XRANGE s (5-1 +
    XRANGE s - (5-1
    XRANGE s (5 (6
    XRANGE s (6-18446744073709551615 +
    XRANGE s - (7
    XRANGE s - (7-0
    XRANGE s + -
    XRANGE s 4 2
    XRANGE s - + COUNT 2
    XRANGE s - + COUNT 0
    XRANGE s - + COUNT -1
    XRANGE s - + COUNT -5
    XRANGE s - + COUNT x
    XRANGE s - + COUNT
    XRANGE s - + LIMIT 2
    XRANGE s - + COUNT 2 COUNT 3
    XREVRANGE s + -
    XREVRANGE s + - COUNT 2
    XREVRANGE s 4 2
    XREVRANGE s (4-1 (2-1
    XREVRANGE s - +
    XREVRANGE s + - COUNT 0
    XRANGE missing - +
    XRANGE missing - + COUNT 0
    XREVRANGE missing + -
    XRANGE s x +
    XRANGE s - x
    XRANGE s ( +
    XRANGE s (- +
    XRANGE s - (+
    XRANGE s (18446744073709551615-18446744073709551615 +
    XRANGE s - (0-0
    XRANGE s - (0
    XRANGE s 1-* +
    XRANGE s
    XRANGE s -
    SET str 1
    XRANGE str - +
    XRANGE str x +
    XREVRANGE str + -
  `,
  XDEL: `
    ${streamEntries(5)}
    XDEL s 2-1
    XDEL s 2-1
    XDEL s 1-1 3-1 9-9
    XDEL s x
    XDEL s 4-1 x
    XRANGE s - +
    XDEL missing 1
    XDEL missing x
    XDEL s 5-1 4-1
    XLEN s
    EXISTS s
    XRANGE s - +
    XADD s 5-1 f v
    XADD s 6-1 f v
    XDEL s 6
    XDEL s 6-1
    SET str 1
    XDEL str 1
    XDEL str x
    XDEL s
  `,
  XTRIM: `
    ${streamEntries(10)}
    XTRIM s MAXLEN 8
    XTRIM s MAXLEN = 7
    XTRIM s MAXLEN ~ 5
    XTRIM s MAXLEN 7
    XTRIM s MAXLEN 100
    XRANGE s - +
    XTRIM s MINID 6
    XTRIM s MINID 7-1
    XTRIM s MINID 7-2
    XTRIM s MINID ~ 9
    XRANGE s - +
    XTRIM s
    XTRIM s MAXLEN
    XTRIM s NOPE 5
    XTRIM s MAXLEN x
    XTRIM s MAXLEN -1
    XTRIM s MAXLEN 5 x
    XTRIM s MAXLEN 5 LIMIT 5
    XTRIM s MAXLEN ~ 5 LIMIT -5
    XTRIM s MAXLEN 5 MINID 5
    XTRIM s MINID x
    XTRIM s LIMIT 0
    XTRIM s LIMIT 5
    XTRIM s NOMKSTREAM 5
    XTRIM missing MAXLEN 5
    XTRIM missing MAXLEN x
    XDEL s 8-1
    XTRIM s MAXLEN 1
    XRANGE s - +
    XTRIM s MAXLEN 0
    EXISTS s
    SET str 1
    XTRIM str MAXLEN 5
    XTRIM str MAXLEN x
  `,
  'approximate trimming goes by nodes': `
    CONFIG SET stream-node-max-entries 10
    ${streamEntries(45)}
    XTRIM s MAXLEN ~ 44
    XTRIM s MAXLEN ~ 35
    XTRIM s MAXLEN ~ 34
    XTRIM s MAXLEN ~ 5 LIMIT 5
    XTRIM s MAXLEN ~ 5 LIMIT 10
    XTRIM s MAXLEN ~ 5 LIMIT 19
    XTRIM s MAXLEN ~ 5 LIMIT 0
    XLEN s
    DEL s
    ${streamEntries(45)}
    XTRIM s MINID ~ 11
    XTRIM s MINID ~ 20
    XTRIM s MINID ~ 21-1
    XTRIM s MINID ~ 1000 LIMIT 10
    XTRIM s MINID ~ 1000
    XLEN s
    XADD s MAXLEN ~ 3 100-1 f v
    DEL s
    ${streamEntries(25)}
    XDEL s 3-1
    XDEL s 14-1
    XTRIM s MAXLEN 12
    XRANGE s - + COUNT 3
    XTRIM s MAXLEN 3
    XRANGE s - +
    XINFO STREAM s
    CONFIG SET stream-node-max-entries 100
  `,
  'nodes by bytes': `
    CONFIG SET stream-node-max-bytes 100
    ${streamEntries(30, 'field somevalue')}
    XINFO STREAM s
    XTRIM s MAXLEN ~ 10
    XLEN s
    DEL s
    ${streamEntries(30, '1 2 3 4 abc 99999999999')}
    XINFO STREAM s
    XADD s 1000 other fields than before
    XADD s 1000-18446744073709551615 f v
    XADD s 18446744073709551615-1 f v
    XINFO STREAM s
    DEL s
    CONFIG SET stream-node-max-bytes 0
    CONFIG SET stream-node-max-entries 0
    ${streamEntries(150)}
    XINFO STREAM s
    XTRIM s MAXLEN ~ 10
    CONFIG SET stream-node-max-bytes 4096
    CONFIG SET stream-node-max-entries 100
    ${Array.from({ length: 20 }, (_, i) => `XADD long ${i + 1}-1 f ${'x'.repeat((i + 1) * 50)}`).join('\n')}
    XINFO STREAM long
    XADD huge 1-1 f ${'x'.repeat(5000)}
    XADD huge 2-1 f 1
    XADD huge 3-1 f 1
    XINFO STREAM huge
  `,
  'radix tree nodes': `
    CONFIG SET stream-node-max-entries 1
    ${[1, 2, 3, 255, 256, 257, 65536, 65537, 16777216, 4294967296, 4294967297, 1099511627776].map((ms) => `XADD s ${ms}-1 f v\nXADD s ${ms}-256 f v\nXINFO STREAM s`).join('\n')}
    XDEL s 2-1
    XINFO STREAM s
    XDEL s 1-1 1-256 3-1
    XINFO STREAM s
    XTRIM s MAXLEN 3
    XINFO STREAM s
    XTRIM s MAXLEN 1
    XINFO STREAM s
    XTRIM s MAXLEN 0
    XINFO STREAM s
    CONFIG SET stream-node-max-entries 100
  `,
  XSETID: `
    ${streamEntries(3)}
    XSETID s 5-5
    XADD s 5-5 f v
    XADD s 5-* f v
    XSETID s 3-1
    XSETID s 5-6
    XSETID s 5
    XSETID s x
    XSETID s -
    XSETID missing 5
    XSETID s 10-0 ENTRIESADDED 100 MAXDELETEDID 9-9
    XINFO STREAM s
    XSETID s 10 ENTRIESADDED 3
    XSETID s 10 ENTRIESADDED -1
    XSETID s 10 ENTRIESADDED x
    XSETID s 10 MAXDELETEDID 11
    XSETID s 10 MAXDELETEDID x
    XSETID s 10 ENTRIESADDED
    XSETID s 10 NOPE 1
    XSETID s 10 MAXDELETEDID 0-0 ENTRIESADDED 50
    XINFO STREAM s
    XTRIM s MAXLEN 0
    XSETID s 20 ENTRIESADDED 0
    XSETID s 9-9
    XINFO STREAM s
    SET str 1
    XSETID str 1
    XSETID str x
  `,
  XREAD: `
    ${streamEntries(3)}
    XADD t 1-1 a 1
    XREAD STREAMS s 0
    XREAD STREAMS s 1-1
    XREAD STREAMS s 3-1
    XREAD STREAMS s $
    XREAD STREAMS s t 2-1 0
    XREAD STREAMS s t 9 0
    XREAD STREAMS s missing 1-1 0
    XREAD STREAMS missing 0
    XREAD COUNT 1 STREAMS s t 0 0
    XREAD COUNT 0 STREAMS s 0
    XREAD COUNT -1 STREAMS s 0
    XREAD COUNT x STREAMS s 0
    XREAD count 2 streams s 0
    XREAD BLOCK 10 STREAMS s 0
    XREAD BLOCK 10 COUNT 1 STREAMS s 0
    XREAD BLOCK x STREAMS s 0
    XREAD BLOCK -1 STREAMS s 0
    XREAD BLOCK 1.5 STREAMS s 0
    XREAD STREAMS s x
    XREAD STREAMS s >
    XREAD STREAMS s -
    XREAD STREAMS s +
    XREAD STREAMS s 18446744073709551615-18446744073709551615
    XREAD GROUP g c STREAMS s 0
    XREAD NOACK STREAMS s 0
    XREAD COUNT 1 s 0
    XREAD STREAMS s
    XREAD NOPE STREAMS s 0
    XREAD COUNT STREAMS s 0
    SET str 1
    XREAD STREAMS str 0
    XREAD STREAMS s str 0 0
    XREAD STREAMS str x
    XDEL s 3-1
    XREAD STREAMS s 2-1
    XREAD STREAMS s $
    XTRIM s MAXLEN 0
    XREAD STREAMS s 0
    MULTI
    XREAD BLOCK 0 STREAMS missing $
    XREAD BLOCK 0 STREAMS t 0
    EXEC
  `,
  'streams as keys': `
    ${streamEntries(3)}
    XGROUP CREATE s g 0
    XREADGROUP GROUP g c STREAMS s >
    COPY s t
    XADD s 9 f v
    XLEN t
    XPENDING t g
    XACK t g 1-1
    XPENDING s g
    RENAME t u
    XRANGE u - +
    DEBUG DIGEST-VALUE s u
    TYPE u
    GET u
    LPUSH u a
    DEL u
    XLEN u
  `,
});

test('XSETID does not go back behind what was deleted: 7.0 let it', () => {
  const fixture = newEngineFixture();
  fixture.line('XADD s 5 f v');
  fixture.line('XDEL s 5');
  expect(fixture.line('XSETID s 4')).toEqual({
    type: 'error',
    value: 'ERR The ID specified in XSETID is smaller than current max_deleted_entry_id',
  });
});
