import { describe, expect, test } from 'vitest';
import { nextDouble, seedRandom } from '../../src/base/random.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { randomSuite } from '../support/random-suite.ts';

const random = seedRandom(7);
const between = (min: number, max: number): number => min + nextDouble(random) * (max - min);
const spread = (count: number, west: number, east: number, south: number, north: number): string =>
  Array.from(
    { length: count },
    (_, i) => `${between(west, east)} ${between(south, north)} p${i}`,
  ).join(' ');
const pairs = (count: number): string =>
  Array.from({ length: count }, (_, i) => `GEODIST g p${i} p${count * 2 - 1 - i}`).join('\n');
const each = (count: number): string => Array.from({ length: count }, (_, i) => `p${i}`).join(' ');

differentialSuite('places answer as the real server does', {
  'places are added': `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
    GEOADD g 13.361389 38.115556 Palermo
    GEOADD g CH 13.4 38.2 Palermo 2 48 Paris
    GEOADD g NX 1 1 Palermo 3 3 new
    GEOADD g XX CH 1 1 Palermo 3 3 newer
    GEOADD g nx ch 5 5 five
    GEOADD g NX XX 1 1 a
    GEOADD g 1 1
    GEOADD g 1 1 a 2
    GEOADD g CH 1 1
    GEOADD g NX CH CH
    GEOADD g GT 1 1 a
    GEOADD g x 1 a
    GEOADD g 1 x a
    GEOADD g 181 1 a
    GEOADD g -180.1 1 a
    GEOADD g 1 85.06 a
    GEOADD g 1 -85.05112879 a
    GEOADD g 200.0078125 1 a
    GEOADD g 1e30 -1e300 a
    GEOADD g inf -inf a
    GEOADD g nan 1 a
    GEOADD g 1 1 ok 500 1 no
    ZRANGE g 0 -1 WITHSCORES
    GEOADD edge 180 85.05112878 ne -180 -85.05112878 sw 180 0 e -180 0 w 0 0 zero 180 12.3456 ee 45.6789 85.05112878 nn
    ZRANGE edge 0 -1 WITHSCORES
    GEOPOS edge ne sw e w zero ee nn
    GEOHASH edge ne sw e w zero ee nn
    SET s 1
    GEOADD s 1 1 a
    GEOADD s 500 1 a
    GEOPOS s a
    GEOHASH s a
    GEODIST s a b
    GEOSEARCH s FROMLONLAT 1 1 BYRADIUS 1 m
    GEORADIUS s 1 1 1 m
    GEORADIUS s x 1 1 m
    GEORADIUSBYMEMBER s a 1 m
  `,
  'where they are, and how far apart': `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
    GEOPOS g Palermo missing Catania
    GEOPOS g
    GEOPOS missing a
    GEOHASH g Palermo missing Catania
    GEOHASH g
    GEOHASH missing a b
    GEODIST g Palermo Catania
    GEODIST g Palermo Catania m
    GEODIST g Palermo Catania km
    GEODIST g Palermo Catania mi
    GEODIST g Palermo Catania FT
    GEODIST g Palermo Catania yd
    GEODIST g Palermo Palermo
    GEODIST g Palermo missing
    GEODIST missing a b
    GEODIST missing a b yd
    GEODIST g a b m x
    GEODIST g a
    ZADD odd -1 a 1.5 b 1e300 c inf d -inf e 9007199254740992 f 4503599627370496 h -9223372036854775808 i 1.8e19 j
    GEOPOS odd a b c d e f h i j
    GEOHASH odd a b c d e f h i j
    GEODIST odd a b
    GEODIST odd c d
  `,
  'distances of many places': `
    GEOADD g ${spread(200, -180, 180, -85, 85)}
    ${pairs(100)}
    GEOPOS g ${each(200)}
    GEOHASH g ${each(200)}
  `,
  'distances of near places': `
    GEOADD g ${spread(100, 13.3, 13.4, 38.1, 38.2)}
    ${pairs(50)}
  `,
  searches: `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.5 41.9 Rome 2.35 48.85 Paris
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHCOORD WITHDIST WITHHASH
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHDIST
    GEOSEARCH g FROMMEMBER Palermo BYRADIUS 2000 km DESC
    GEOSEARCH g FROMMEMBER Palermo BYRADIUS 2000 km ASC COUNT 2
    GEOSEARCH g FROMMEMBER Palermo BYRADIUS 2000 km COUNT 3 DESC WITHDIST
    GEOSEARCH g FROMMEMBER Palermo BYRADIUS 2000 km COUNT 3
    GEOSEARCH g FROMMEMBER Palermo BYRADIUS 0 m
    GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 1 m
    GEOSEARCH g FROMMEMBER nobody BYRADIUS 1 m
    GEOSEARCH g FROMLONLAT 15 37 FROMMEMBER Palermo BYRADIUS 1 m
    GEOSEARCH g FROMMEMBER Palermo FROMLONLAT 15 37 BYRADIUS 1 m
    GEOSEARCH g FROMMEMBER Paris FROMMEMBER Palermo BYRADIUS 1 km
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m BYBOX 1 1 m
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 1 m BYRADIUS 1 m
    GEOSEARCH g BYRADIUS 1 m
    geosearch g BYRADIUS 1 m ASC
    GEOSEARCH g FROMLONLAT 15 37 ASC WITHDIST
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS x m
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS -1 m
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 yd
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1
    GEOSEARCH g FROMLONLAT 15 37 BYBOX x 1 m
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 x m
    GEOSEARCH g FROMLONLAT 15 37 BYBOX -1 1 m
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 -1 yd
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 1 yd
    GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 1
    GEOSEARCH g FROMLONLAT 15 BYRADIUS 1 m
    GEOSEARCH g FROMLONLAT 500 37 BYRADIUS 1 m
    GEOSEARCH g FROMLONLAT x 37 BYRADIUS 1 m
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m COUNT 0
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m COUNT -1
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m COUNT x
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m COUNT
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m ANY
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km COUNT 1 ANY
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 2000 km ANY COUNT 2 WITHDIST
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 2000 km ANY COUNT 2 DESC
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m STORE d
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m STOREDIST
    GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 m NOPE
    GEOSEARCH missing FROMMEMBER a BYRADIUS 1 m
    GEOSEARCH missing FROMLONLAT 1 1 BYRADIUS 1 m
    GEOSEARCH missing FROMMEMBER a
    GEOSEARCH missing BYRADIUS 1 m
    GEOSEARCH missing FROMLONLAT 1 1 BYRADIUS 1 yd
    GEOSEARCH g
  `,
  'searches of old': `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.5 41.9 Rome 2.35 48.85 Paris
    GEORADIUS g 15 37 200 km ASC
    GEORADIUS g 15 37 200 km WITHDIST ASC
    GEORADIUS g 15 37 200 km WITHCOORD WITHHASH WITHDIST DESC
    GEORADIUS g 15 37 200 km COUNT 1
    GEORADIUS_RO g 15 37 200 km COUNT 1 DESC
    GEORADIUS_RO g 15 37 200 km STORE d
    GEORADIUSBYMEMBER g Palermo 200 km ASC
    GEORADIUSBYMEMBER_RO g Palermo 200 km ASC WITHDIST
    GEORADIUSBYMEMBER_RO g Palermo 200 km STOREDIST d
    GEORADIUSBYMEMBER g nobody 200 km
    GEORADIUSBYMEMBER missing nobody 200 km
    GEORADIUSBYMEMBER missing nobody x yd
    GEORADIUSBYMEMBER missing nobody x yd NOPE
    GEORADIUSBYMEMBER g Palermo x km
    GEORADIUSBYMEMBER g Palermo 1 yd
    GEORADIUS missing 15 37 200 km
    GEORADIUS missing 15 37 200 yd
    GEORADIUS g 15 37 -1 km
    GEORADIUS g 15 370 1 km
    GEORADIUS g 15 37 1 km FROMMEMBER a
    GEORADIUS g 15 37 1 km ANY
    GEORADIUS g 15 37 200 km STORE d
    ZRANGE d 0 -1 WITHSCORES
    GEORADIUS g 15 37 200 km STOREDIST d
    ZRANGE d 0 -1
    GEORADIUS g 15 37 2000 km STORE d COUNT 2 DESC
    ZRANGE d 0 -1
    GEORADIUS g 15 37 200 km STORE d WITHDIST
    GEORADIUS g 15 37 200 km STORE
    GEORADIUS g 15 37 200 km STORE a STOREDIST b
    EXISTS a b
    GEORADIUSBYMEMBER g Palermo 1 m STORE d
    GEORADIUS g 0 0 1 m STORE d
    EXISTS d
    GEORADIUS g 0 0 1 m STORE d
    SET d 1
    GEORADIUS missing 0 0 1 m STORE d
    EXISTS d
    GEORADIUS missing 0 0 1 m STORE d
  `,
  'results of a search are stored': `
    GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.5 41.9 Rome 2.35 48.85 Paris
    GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km
    ZRANGE d 0 -1 WITHSCORES
    EXPIRE d 1000
    GEOSEARCHSTORE d g FROMLONLAT 15 37 BYBOX 4000 4000 km COUNT 2
    TTL d
    ZRANGE d 0 -1 WITHSCORES
    GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST
    ZRANGE d 0 -1
    GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km WITHDIST
    GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km STORE x
    GEOSEARCHSTORE d g BYRADIUS 200 km ASC COUNT 1
    GEOSEARCHSTORE d g FROMMEMBER Rome BYRADIUS 1 km
    GEOSEARCHSTORE d g FROMLONLAT 0 0 BYRADIUS 1 km
    EXISTS d
    GEOSEARCHSTORE d g FROMLONLAT 0 0 BYRADIUS 1 km
    ZADD d 1 a
    GEOSEARCHSTORE d missing FROMLONLAT 0 0 BYRADIUS 1 km
    EXISTS d
    GEOSEARCHSTORE d missing FROMMEMBER x BYRADIUS 1 km
    SET s 1
    GEOSEARCHSTORE d s FROMLONLAT 0 0 BYRADIUS 1 km
    GEOSEARCHSTORE s g FROMLONLAT 15 37 BYRADIUS 200 km
    TYPE s
    GEOSEARCHSTORE g g FROMLONLAT 15 37 BYRADIUS 200 km
    ZRANGE g 0 -1
  `,
  'the order without sorting, over the edges of the map': `
    GEOADD g ${spread(300, -180, 180, -85, 85)}
    GEOSEARCH g FROMLONLAT 179.9 0 BYRADIUS 2000 km
    GEOSEARCH g FROMLONLAT -179.9 10 BYBOX 3000 3000 km
    GEOSEARCH g FROMLONLAT 10 84.9 BYRADIUS 3000 km
    GEOSEARCH g FROMLONLAT 10 -84.9 BYRADIUS 3000 km
    GEOSEARCH g FROMLONLAT 0 70 BYRADIUS 1000 km
    GEOSEARCH g FROMLONLAT 0 -70 BYBOX 2000 500 km
    GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 30000 km
    GEOSEARCH g FROMLONLAT 180 85.05112878 BYRADIUS 10000 km
    GEOSEARCH g FROMLONLAT -180 -85.05112878 BYRADIUS 5000 km
    GEOSEARCH g FROMLONLAT 90 0 BYRADIUS 5009 km
    GEOSEARCH g FROMLONLAT 0 45 BYRADIUS 100000 mi COUNT 17 ANY
    GEOSEARCH g FROMLONLAT 0 45 BYBOX 100000 100 km
    GEOSEARCH g FROMLONLAT 0 45 BYBOX 100 100000 km
    GEOSEARCH g FROMLONLAT 0 45 BYRADIUS 1e300 km
    GEOSEARCH g FROMLONLAT 0 45 BYRADIUS inf m
    GEOSEARCH g FROMLONLAT 0 45 BYBOX inf inf m
  `,
});

randomSuite('random searches', {
  words: {
    key: ['g', 'h'],
    lon: Array.from({ length: 40 }, () => String(between(-180, 180))),
    lat: Array.from({ length: 40 }, () => String(between(-85, 85))),
    member: Array.from({ length: 60 }, (_, i) => `p${i}`),
    size: ['0', '1', '50', '300', '1000', '2500', '6000', '12000', '0.5'],
    unit: ['m', 'km', 'mi', 'ft'],
    sort: ['ASC', 'DESC'],
  },
  templates: [
    'GEOADD {key} {lon} {lat} {member} {lon} {lat} {member} {lon} {lat} {member}',
    'GEOADD {key} CH {lon} {lat} {member} {lon} {lat} {member} {lon} {lat} {member}',
    'GEODIST {key} {member} {member} {unit}',
    'GEOPOS {key} {member} {member}',
    'GEOHASH {key} {member} {member}',
    'GEOSEARCH {key} FROMLONLAT {lon} {lat} BYRADIUS {size} km [{sort} WITHDIST] [WITHHASH]',
    'GEOSEARCH {key} FROMLONLAT {lon} {lat} BYBOX {size} {size} km [{sort} WITHDIST] [WITHCOORD]',
    'GEOSEARCH {key} FROMMEMBER {member} BYRADIUS {size} {unit} [COUNT 3] [{sort}]',
    'GEOSEARCH {key} FROMMEMBER {member} BYBOX {size} {size} km COUNT 2 [ANY]',
    'GEORADIUS {key} {lon} {lat} {size} km [{sort}] [COUNT 4]',
    'GEORADIUSBYMEMBER {key} {member} {size} km [STORE d]',
    'GEOSEARCHSTORE d {key} FROMLONLAT {lon} {lat} BYRADIUS {size} km [COUNT 5]',
    'ZRANGE d 0 -1 WITHSCORES',
    'ZREM {key} {member}',
  ],
});

describe('how places are logged', () => {
  test('as scores, with the options', () => {
    const fixture = newEngineFixture();
    fixture.line('GEOADD g NX ch 13.361389 38.115556 Palermo');
    fixture.line('GEOADD g NX ch 13.361389 38.115556 Palermo');
    expect(fixture.units.map(({ commands }) => commands.map(({ argv }) => argv.join(' ')))).toEqual(
      [['zadd g NX ch 3479099956230698 Palermo']],
    );
  });
});

test('RESP3 tells coordinates with the digits of a long double', () => {
  const fixture = newEngineFixture();
  fixture.line('GEOADD g 13.361389 38.115556 Palermo');
  expect(fixture.line('GEOPOS g Palermo')).toMatchObject({
    value: [{ value: [{ text: '13.36138933897018433' }, { text: '38.11555639549629859' }] }],
  });
});
