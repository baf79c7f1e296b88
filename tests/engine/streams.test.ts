import { expect, test } from 'vitest';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const entries = (count: number, fields = 'f v'): string =>
  range(count)
    .map((n) => `XADD s ${n}-1 ${fields}`)
    .join('\n');

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
    ${entries(5)}
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
    ${entries(5)}
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
    ${entries(10)}
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
    ${entries(45)}
    XTRIM s MAXLEN ~ 44
    XTRIM s MAXLEN ~ 35
    XTRIM s MAXLEN ~ 34
    XTRIM s MAXLEN ~ 5 LIMIT 5
    XTRIM s MAXLEN ~ 5 LIMIT 10
    XTRIM s MAXLEN ~ 5 LIMIT 19
    XTRIM s MAXLEN ~ 5 LIMIT 0
    XLEN s
    DEL s
    ${entries(45)}
    XTRIM s MINID ~ 11
    XTRIM s MINID ~ 20
    XTRIM s MINID ~ 21-1
    XTRIM s MINID ~ 1000 LIMIT 10
    XTRIM s MINID ~ 1000
    XLEN s
    XADD s MAXLEN ~ 3 100-1 f v
    DEL s
    ${entries(25)}
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
    ${entries(30, 'field somevalue')}
    XINFO STREAM s
    XTRIM s MAXLEN ~ 10
    XLEN s
    DEL s
    ${entries(30, '1 2 3 4 abc 99999999999')}
    XINFO STREAM s
    XADD s 1000 other fields than before
    XADD s 1000-18446744073709551615 f v
    XADD s 18446744073709551615-1 f v
    XINFO STREAM s
    DEL s
    CONFIG SET stream-node-max-bytes 0
    CONFIG SET stream-node-max-entries 0
    ${entries(150)}
    XINFO STREAM s
    XTRIM s MAXLEN ~ 10
    CONFIG SET stream-node-max-bytes 4096
    CONFIG SET stream-node-max-entries 100
    ${range(20)
      .map((n) => `XADD long ${n}-1 f ${'x'.repeat(n * 50)}`)
      .join('\n')}
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
    ${entries(3)}
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
    ${entries(3)}
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
  XGROUP: `
    ${entries(3)}
    XGROUP CREATE s g 0
    XGROUP CREATE s g 0
    XGROUP CREATE s h $
    XGROUP CREATE s i 2-1
    XGROUP CREATE s j 2 ENTRIESREAD 2
    XGROUP CREATE s k 0 ENTRIESREAD -1
    XGROUP CREATE s l 0 ENTRIESREAD -2
    XGROUP CREATE s l 0 ENTRIESREAD x
    XGROUP CREATE s l 0 ENTRIESREAD
    XGROUP CREATE s l x
    XGROUP CREATE s l -
    XGROUP CREATE missing g 0
    XGROUP CREATE missing g x
    XGROUP CREATE missing g x MKSTREAM
    EXISTS missing
    XGROUP CREATE made g $ MKSTREAM
    XGROUP CREATE made g $ MKSTREAM
    XGROUP CREATE made h 5 mkstream entriesread 3
    XGROUP CREATE made i 5 MKSTREAM NOPE
    XGROUP CREATE s
    XGROUP CREATE s g
    TYPE made
    XLEN made
    XINFO GROUPS s
    XINFO GROUPS made
    XGROUP SETID s g 2-1
    XGROUP SETID s g $
    XGROUP SETID s g 1 ENTRIESREAD 1
    XGROUP SETID s g x
    XGROUP SETID s g - 
    XGROUP SETID s g 0 ENTRIESREAD -5
    XGROUP SETID s g 0 MKSTREAM
    XGROUP SETID s nope 0
    XGROUP SETID missing g 0
    XINFO GROUPS s
    XGROUP CREATECONSUMER s g c
    XGROUP CREATECONSUMER s g c
    XGROUP CREATECONSUMER s nope c
    XGROUP CREATECONSUMER missing g c
    XGROUP CREATECONSUMER s g
    XGROUP DELCONSUMER s g c
    XGROUP DELCONSUMER s g c
    XGROUP DELCONSUMER s nope c
    XGROUP DELCONSUMER missing g c
    XGROUP DESTROY s g
    XGROUP DESTROY s g
    XGROUP DESTROY missing g
    XGROUP NOPE s g
    XGROUP
    SET str 1
    XGROUP CREATE str g 0
    XGROUP CREATE str g 0 MKSTREAM
    XGROUP SETID str g 0
    XGROUP DESTROY str g
    XGROUP CREATECONSUMER str g c
    XGROUP DELCONSUMER str g c
    XINFO GROUPS s
  `,
  'XREADGROUP and XACK': `
    ${entries(6)}
    XGROUP CREATE s g 0
    XREADGROUP GROUP g a COUNT 2 STREAMS s >
    XREADGROUP GROUP g b COUNT 2 STREAMS s >
    XREADGROUP GROUP g a STREAMS s 0
    XREADGROUP GROUP g a STREAMS s 1-1
    XREADGROUP GROUP g a COUNT 1 STREAMS s 0
    XREADGROUP GROUP g b STREAMS s 0
    XREADGROUP GROUP g b STREAMS s 99
    XREADGROUP GROUP g c STREAMS s 0
    XACK s g 1-1
    XACK s g 1-1 2-1 9-9
    XACK s g x
    XACK s g 3-1 x
    XACK s nope 3-1
    XACK missing g 3-1
    XACK missing g x
    XREADGROUP GROUP g a STREAMS s 0
    XREADGROUP GROUP g a NOACK STREAMS s >
    XREADGROUP GROUP g a STREAMS s >
    XREADGROUP GROUP g a STREAMS s 0
    XDEL s 3-1
    XREADGROUP GROUP g b STREAMS s 0
    XADD s 7-1 f v
    XADD t 1-1 f v
    XGROUP CREATE t g 0
    XREADGROUP GROUP g a STREAMS s t > >
    XREADGROUP GROUP g a STREAMS s t > 0
    XREADGROUP GROUP g a STREAMS t s 0 0
    XREADGROUP GROUP g a STREAMS s $
    XREADGROUP GROUP g a STREAMS s x
    XREADGROUP GROUP g a STREAMS s -
    XREADGROUP GROUP nope a STREAMS s >
    XREADGROUP GROUP g a STREAMS missing >
    XREADGROUP GROUP g a STREAMS s missing > >
    XREADGROUP STREAMS s >
    XREADGROUP GROUP g STREAMS s >
    XREADGROUP GROUP g a COUNT x STREAMS s >
    XREADGROUP GROUP g a BLOCK x STREAMS s >
    XREADGROUP GROUP g a NOPE STREAMS s >
    XREADGROUP NOACK GROUP g a STREAMS s >
    SET str 1
    XREADGROUP GROUP g a STREAMS str >
    XACK str g 1
    XGROUP SETID s g 0
    XREADGROUP GROUP g b STREAMS s >
    XREADGROUP GROUP g a STREAMS s 0
    XREADGROUP GROUP g b STREAMS s 0
    XGROUP DELCONSUMER s g b
    XREADGROUP GROUP g b STREAMS s 0
    MULTI
    XREADGROUP GROUP g a BLOCK 0 STREAMS s >
    EXEC
  `,
  'lag and entries read': `
    ${entries(5)}
    XGROUP CREATE s g 0
    XGROUP CREATE s h 3-1
    XGROUP CREATE s i $
    XGROUP CREATE s j 3-1 ENTRIESREAD 3
    XGROUP CREATE s k 0-5
    XGROUP CREATE s m 1-1
    XINFO GROUPS s
    XREADGROUP GROUP g c COUNT 1 STREAMS s >
    XREADGROUP GROUP h c COUNT 1 STREAMS s >
    XREADGROUP GROUP j c COUNT 1 STREAMS s >
    XREADGROUP GROUP k c COUNT 1 STREAMS s >
    XINFO GROUPS s
    XDEL s 3-1
    XINFO GROUPS s
    XREADGROUP GROUP g c COUNT 1 STREAMS s >
    XREADGROUP GROUP g c COUNT 1 STREAMS s >
    XINFO GROUPS s
    XREADGROUP GROUP g c STREAMS s >
    XREADGROUP GROUP k c STREAMS s >
    XINFO GROUPS s
    XADD s 6-1 f v
    XADD s 7-1 f v
    XINFO GROUPS s
    XTRIM s MAXLEN 2
    XINFO GROUPS s
    XREADGROUP GROUP h c COUNT 1 STREAMS s >
    XINFO GROUPS s
    XTRIM s MAXLEN 0
    XINFO GROUPS s
    XGROUP CREATE s n 100
    XGROUP CREATE s o $
    XGROUP CREATE s p 1
    XINFO GROUPS s
    XADD s 8-1 f v
    XINFO GROUPS s
    XGROUP CREATE e g $ MKSTREAM
    XINFO GROUPS e
    XADD e 1-1 f v
    XINFO GROUPS e
    XDEL e 1-1
    XINFO GROUPS e
  `,
  XPENDING: `
    ${entries(6)}
    XGROUP CREATE s g 0
    XPENDING s g
    XREADGROUP GROUP g a COUNT 2 STREAMS s >
    XREADGROUP GROUP g b COUNT 3 STREAMS s >
    XGROUP CREATECONSUMER s g idle
    XPENDING s g
    ~ XPENDING s g - + 0
    XPENDING s g - + 0 nobody
    XPENDING s g IDLE 100000 - + 10
    XPENDING s g IDLE 100000 - + 10 a
    XPENDING s g (5 + 10
    XPENDING s g - (1 10
    XPENDING s g - + -5
    XPENDING s g - + x
    XPENDING s g x + 10
    XPENDING s g - x 10
    XPENDING s g (18446744073709551615-18446744073709551615 + 10
    XPENDING s g - (0 10
    XPENDING s g IDLE x - + 10
    XPENDING s g IDLE 5 - +
    XPENDING s g IDLE 5 -
    XPENDING s g -
    XPENDING s g - +
    XPENDING s g - + 10 a b c d
    XPENDING s nope
    XPENDING missing g
    XPENDING s nope - + 10
    XPENDING s nope - + x
    SET str 1
    XPENDING str g
    XACK s g 1-1 2-1 3-1 4-1 5-1
    XPENDING s g
  `,
  'XCLAIM and XAUTOCLAIM': `
    ${entries(8)}
    XGROUP CREATE s g 0
    XREADGROUP GROUP g a COUNT 6 STREAMS s >
    XCLAIM s g b 0 1-1
    XCLAIM s g b 0 1-1 2-1 99-1
    XCLAIM s g b 100000 3-1
    XCLAIM s g b 0 3-1 JUSTID
    XCLAIM s g c 0 7-1
    XCLAIM s g c 0 7-1 FORCE
    XCLAIM s g c 0 8-1 FORCE JUSTID
    XCLAIM s g c 0 99-1 FORCE
    XCLAIM s g c 0 4-1 RETRYCOUNT 7 IDLE 5 JUSTID
    XCLAIM s g c 0 4-1 TIME 1000 JUSTID LASTID 9-9
    XCLAIM s g c 0 4-1 TIME 99999999999999 JUSTID
    XCLAIM s g c 0 4-1 TIME -5 JUSTID
    XCLAIM s g c -5 4-1 JUSTID
    XCLAIM s g c 0 4-1 RETRYCOUNT -1 JUSTID
    XDEL s 5-1
    XCLAIM s g b 0 5-1 6-1
    XPENDING s g
    XINFO GROUPS s
    XCLAIM s g d 0 JUSTID
    XCLAIM s g d x 1-1
    XCLAIM s g d 0 1-1 NOPE
    XCLAIM s g d 0 1-1 IDLE
    XCLAIM s g d 0 1-1 IDLE x
    XCLAIM s g d 0 1-1 TIME x
    XCLAIM s g d 0 1-1 RETRYCOUNT x
    XCLAIM s g d 0 1-1 LASTID x
    XCLAIM s g d 0 1-1 x
    XCLAIM s g d 0 x
    XCLAIM s nope d 0 1-1
    XCLAIM missing g d 0 1-1
    XCLAIM missing g d x 1-1
    XCLAIM s g d 0 1-1 LASTID 20-0 JUSTID
    XCLAIM s g d 100000 1-1 LASTID 21-0
    XINFO GROUPS s
    XAUTOCLAIM s g e 100000 -
    XAUTOCLAIM s g e 0 - COUNT 2
    XAUTOCLAIM s g e 0 3-1 COUNT 2 JUSTID
    XAUTOCLAIM s g e 0 (4-1 COUNT 1
    XAUTOCLAIM s g e 0 99
    XDEL s 1-1 2-1
    XAUTOCLAIM s g f 0 - COUNT 3
    XAUTOCLAIM s g f 0 0-0
    XAUTOCLAIM s g f x 0
    XAUTOCLAIM s g f 0 x
    XAUTOCLAIM s g f 0 (18446744073709551615-18446744073709551615
    XAUTOCLAIM s g f 0 0 COUNT 0
    XAUTOCLAIM s g f 0 0 COUNT x
    XAUTOCLAIM s g f 0 0 COUNT
    XAUTOCLAIM s g f 0 0 NOPE
    XAUTOCLAIM s nope f 0 0
    XAUTOCLAIM missing f 0 0 0
    XAUTOCLAIM s g f
    XPENDING s g
    SET str 1
    XCLAIM str g b 0 1-1
    XAUTOCLAIM str g b 0 0
  `,
  XINFO: `
    XINFO STREAM missing
    XINFO GROUPS missing
    XINFO CONSUMERS missing g
    ${entries(12)}
    XINFO STREAM s
    XINFO STREAM s FULL
    XINFO STREAM s FULL COUNT 2
    XINFO STREAM s FULL COUNT 0
    XINFO STREAM s FULL COUNT -1
    XINFO STREAM s FULL COUNT x
    XINFO STREAM s FULL COUNT
    XINFO STREAM s FULL 5
    XINFO STREAM s NOPE
    XINFO STREAM s FULL NOPE 1
    XINFO GROUPS s
    XGROUP CREATE s h 0
    XGROUP CREATE s g 0
    XINFO CONSUMERS s g
    XINFO CONSUMERS s nope
    XINFO CONSUMERS s
    XINFO
    XINFO NOPE s
    XINFO STREAM s FULL COUNT 1
    XDEL s 1-1 12-1
    XINFO STREAM s
    XTRIM s MAXLEN 0
    XINFO STREAM s
    XINFO STREAM s FULL
    SET str 1
    XINFO STREAM str
    XINFO GROUPS str
    XINFO CONSUMERS str g
    XGROUP CREATE e g $ MKSTREAM
    XINFO STREAM e
    XINFO STREAM e FULL
    DEBUG DIGEST-VALUE s e
  `,
  'streams as keys': `
    ${entries(3)}
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
