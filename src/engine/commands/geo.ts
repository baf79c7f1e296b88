/** Places in sorted sets. https://redis.io/docs/latest/commands/?group=geo, geo.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatDoubleF, formatFixedPoint } from '../../base/doubles.ts';
import { formatLongDouble, longDoubleOf } from '../../base/long-double.ts';
import type { Reply } from '../../resp/reply.ts';
import { doubleArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  bitsOf,
  cellOf,
  distanceBetween,
  FINEST_STEP,
  geohashText,
  mercator,
  placeOfScore,
  type Place,
} from '../data/geohash.ts';
import { scoreOf } from '../data/sorted-set.ts';
import { errors, invalidPlace, ReplyError } from '../errors.ts';
import { array, bulk, NULL, NULL_ARRAY } from '../replies.ts';
import { addScores } from './sorted-sets.ts';

const ZADD = ascii('zadd');

export const geoCommands: Handlers = {
  geoadd(ctx, argv) {
    let from = 2;
    let nx = false;
    let xx = false;
    for (; from < argv.length; from++) {
      if (is(argv[from], 'NX')) nx = true;
      else if (is(argv[from], 'XX')) xx = true;
      else if (!is(argv[from], 'CH')) break;
    }
    if ((argv.length - from) % 3 !== 0 || (nx && xx)) syntaxError();
    const words = [ZADD, ...argv.slice(1, from)];
    for (let i = from; i < argv.length; i += 3) {
      const place = placeArgument(argv[i]!, argv[i + 1]!);
      words.push(ascii(String(bitsOf(cellOf(place, FINEST_STEP)))), argv[i + 2]!);
    }
    const reply = addScores(ctx, words, 'zadd');
    ctx.propagate(...words);
    return reply;
  },

  geodist(ctx, argv) {
    if (argv.length > 5) syntaxError();
    const unit = argv[4] === undefined ? 1 : unitArgument(argv[4]);
    const zset = ctx.readKind(argv[1]!, 'zset');
    if (zset === undefined) return NULL;
    const [from, to] = [scoreOf(zset, argv[2]!), scoreOf(zset, argv[3]!)];
    if (from === undefined || to === undefined) return NULL;
    return distanceReply(distanceBetween(placeOfScore(from), placeOfScore(to)) / unit);
  },

  geohash(ctx, argv) {
    return eachPlace(ctx, argv, NULL, (place) => bulk(ascii(geohashText(place))));
  },

  geopos(ctx, argv) {
    return eachPlace(ctx, argv, NULL_ARRAY, placeReply);
  },
};

/** Longitude and latitude, both within the map. */
export function placeArgument(longitudeWord: ByteString, latitudeWord: ByteString): Place {
  const longitude = doubleArgument(longitudeWord);
  const latitude = doubleArgument(latitudeWord);
  const { longitude: we, latitude: sn } = mercator;
  if (longitude < we.min || longitude > we.max || latitude < sn.min || latitude > sn.max) {
    throw new ReplyError(invalidPlace(formatDoubleF(longitude, 6), formatDoubleF(latitude, 6)));
  }
  return { longitude, latitude };
}

const metersPerUnit: readonly (readonly [string, number])[] = [
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
];

export function unitArgument(word: ByteString): number {
  const known = metersPerUnit.find(([name]) => is(word, name));
  if (known === undefined) throw new ReplyError(errors.geoUnit);
  return known[1];
}

export function distanceReply(distance: number): Reply {
  return bulk(formatFixedPoint(distance, 4));
}

export function placeReply({ longitude, latitude }: Place): Reply {
  return array(
    [longitude, latitude].map((value) => ({
      type: 'double',
      value,
      text: formatLongDouble(longDoubleOf(value)),
    })),
  );
}

function eachPlace(
  ctx: Context,
  argv: readonly ByteString[],
  missing: Reply,
  tell: (place: Place) => Reply,
): Reply {
  const zset = ctx.readKind(argv[1]!, 'zset');
  return array(
    argv.slice(2).map((member) => {
      const score = zset === undefined ? undefined : scoreOf(zset, member);
      return score === undefined ? missing : tell(placeOfScore(score));
    }),
  );
}
